import { useRef, useState } from 'react'
import { TextField } from '../ui/TextField.tsx'

interface Props {
  readonly label: string
  /** null: the devices differ. */
  readonly value: string | null
  readonly placeholder?: string
  readonly onCommit: (value: string) => void
}

/** A text that counts when it is left or confirmed, so that half a path never reaches the engine. Escape takes it back. */
export function DraftField({ label, value, placeholder = '', onCommit }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  const typed = useRef<string | null>(null)
  const type = (text: string | null) => {
    typed.current = text
    setDraft(text)
  }
  const commit = () => {
    const text = typed.current
    type(null)
    if (text !== null && text.trim() !== value) onCommit(text.trim())
  }
  return (
    <TextField
      label={label}
      value={draft ?? value ?? ''}
      placeholder={value === null ? 'mixed' : placeholder}
      onChange={type}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape' && typed.current !== null) {
          event.stopPropagation()
          type(null)
        }
      }}
    />
  )
}
