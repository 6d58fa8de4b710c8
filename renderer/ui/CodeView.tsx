import { memo, useMemo, useState } from 'react'
import styles from './CodeView.module.css'
import { type CodeLanguage, highlightLine } from './highlight.ts'

const LINES_AT_ONCE = 400
const NO_NAMES: ReadonlySet<string> = new Set()

interface Props {
  readonly label: string
  readonly text: string
  readonly language: CodeLanguage
  /** Words to set apart wherever they stand alone: names of groups and devices. */
  readonly names?: ReadonlySet<string>
}

/** Read-only text with light colouring. Long texts are drawn in portions; copying and saving take the text itself. */
export function CodeView({ label, text, language, names = NO_NAMES }: Props) {
  const lines = useMemo(() => text.replace(/\n$/, '').split('\n'), [text])
  const [portion, setPortion] = useState({ text, lines: LINES_AT_ONCE })
  const shown = portion.text === text ? portion.lines : LINES_AT_ONCE
  const left = Math.max(0, lines.length - shown)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
    <section className={styles.view} aria-label={label} tabIndex={0}>
      <pre className={styles.text}>
        {lines.slice(0, shown).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <Line key={index} line={line} language={language} names={names} />
        ))}
      </pre>
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => setPortion({ text, lines: shown + LINES_AT_ONCE * 5 })}
        >
          … {left} more {left === 1 ? 'line' : 'lines'}
        </button>
      )}
    </section>
  )
}

interface LineProps {
  readonly line: string
  readonly language: CodeLanguage
  readonly names: ReadonlySet<string>
}

/** Lines that stand already are not drawn again when more of them are asked for. */
const Line = memo(function Line({ line, language, names }: LineProps) {
  const tokens = highlightLine(line, language, names)
  return (
    <code className={styles.line}>
      {tokens.map(({ kind, text }, index) =>
        kind === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the line
          <Plain key={index} text={text} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the line
          <span key={index} data-kind={kind}>
            {text}
          </span>
        ),
      )}
      {'\n'}
    </code>
  )
})

/** Names have hyphens, and a line must not break at them: `db-` at the end of a line reads as another name. */
function Plain({ text }: { readonly text: string }) {
  if (!text.includes('-')) return text
  return text.split(/(\S{0,60}-\S{0,60})/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place in the token
      <span key={index} className={styles.whole}>
        {part}
      </span>
    ),
  )
}
