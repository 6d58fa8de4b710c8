import { useEffect, useRef, useState } from 'react'
import styles from './InlineName.module.css'

interface Props {
  readonly label: string
  readonly name: string
  /** Returns what is wrong with the new name, or null when it was taken. */
  readonly onRename: (name: string) => string | null
  readonly onClose: () => void
}

/** A name being typed over: Enter takes it, Escape leaves it, leaving the field takes it if it is right. */
export function InlineName({ label, name, onRename, onClose }: Props) {
  const [text, setText] = useState(name)
  const [problem, setProblem] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.select(), [])

  const take = (): boolean => {
    const wrong = onRename(text)
    setProblem(wrong)
    if (wrong === null) onClose()
    return wrong === null
  }

  return (
    <span className={styles.root}>
      <input
        ref={input}
        className={styles.input}
        aria-label={label}
        aria-invalid={problem !== null || undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        value={text}
        // biome-ignore lint/a11y/noAutofocus: it appears because the user asked to rename
        autoFocus
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Enter') take()
          if (event.key === 'Escape') onClose()
        }}
        onPointerDown={(event) => event.stopPropagation()}
        onBlur={() => {
          if (!take()) onClose()
        }}
      />
      {problem !== null && (
        <span className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}
