import { type KeyboardEvent, type MouseEvent, useId, useRef, useState } from 'react'
import styles from './NumberField.module.css'

export interface NumberText {
  readonly value: string
  /** Stands fainter beside the value. */
  readonly unit: string
}

interface Props {
  readonly label: string
  /** null: several values, as when things that differ are edited together. */
  readonly value: number | null
  readonly format: (value: number) => NumberText
  /** A number, or why the text is none, in words for people. */
  readonly parse: (text: string) => number | { readonly problem: string }
  readonly onCommit: (value: number) => void
  /** What the arrow keys make of the value; left out: they move the cursor. */
  readonly step?: (value: number, towards: 'up' | 'down') => number
  readonly invalid?: boolean
  readonly describedBy?: string
  readonly disabled?: boolean
  readonly width?: 's' | 'm'
}

/**
 * A number with its unit, as text. Enter or leaving it commits; Escape takes back what was typed. A text that is no
 * number stays with its reason below, and the old value stays in force.
 */
export function NumberField(props: Props) {
  const { label, value, format, step, onCommit, disabled = false } = props
  const field = useNumberText(props)
  const problemId = useId()
  const { text, problem } = field
  const shown = value === null ? { value: 'mixed', unit: '' } : format(value)
  const whole = [shown.value, shown.unit].filter((part) => part !== '').join(' ')
  const describedBy = [problem === null ? '' : problemId, props.describedBy ?? ''].join(' ').trim()
  return (
    <span className={styles.root} data-width={props.width}>
      <span className={styles.box} data-editing={text !== null || undefined}>
        <input
          className={styles.input}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          aria-label={label}
          aria-invalid={problem !== null || props.invalid || undefined}
          aria-describedby={describedBy || undefined}
          disabled={disabled}
          value={text ?? (value === null ? '' : whole)}
          placeholder={value === null ? 'mixed' : undefined}
          onMouseDown={focusWhole}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => field.type(event.currentTarget.value)}
          onBlur={field.leave}
          onKeyDown={(event) => {
            if (event.key === 'Enter') field.commit()
            else if (event.key === 'Escape' && text !== null) {
              event.stopPropagation()
              field.revert()
            } else if (step && value !== null && isArrow(event)) {
              event.preventDefault()
              field.revert()
              onCommit(step(value, event.key === 'ArrowUp' ? 'up' : 'down'))
            }
          }}
        />
        {text === null && value !== null && (
          <span className={styles.shown} aria-hidden="true">
            {shown.value}
            {shown.unit !== '' && <em className={styles.unit}>{shown.unit}</em>}
          </span>
        )}
      </span>
      {problem !== null && (
        <span id={problemId} className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}

/** What is being typed (null: nothing, the value is shown) and why it cannot be taken. */
function useNumberText({ value, parse, onCommit }: Props) {
  const [text, setText] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  // Leaving the field commits what Escape has just thrown away, were it read from the render before.
  const typed = useRef<string | null>(null)
  // The value was changed elsewhere (a slider, Undo): what was wrong with the text concerns nobody any more.
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    if (problem !== null) {
      typed.current = null
      setText(null)
      setProblem(null)
    }
  }
  const type = (next: string | null) => {
    typed.current = next
    setText(next)
    if (next === null) setProblem(null)
  }
  const commit = () => {
    if (typed.current === null) return
    const parsed = parse(typed.current)
    if (typeof parsed !== 'number') return setProblem(parsed.problem)
    type(null)
    if (parsed !== value) onCommit(parsed)
  }
  return { text, problem, type, commit, leave: commit, revert: () => type(null) }
}

/** The first press chooses all of the text; the browser would put the cursor into it when the button comes up. */
function focusWhole(event: MouseEvent<HTMLInputElement>): void {
  if (document.activeElement === event.currentTarget) return
  event.preventDefault()
  event.currentTarget.focus()
}

function isArrow(event: KeyboardEvent): boolean {
  return event.key === 'ArrowUp' || event.key === 'ArrowDown'
}
