import { highlightLine } from '../ui/highlight.ts'
import styles from './CommandLines.module.css'

interface Props {
  readonly lines: readonly string[]
  /** Names of groups and devices, set apart where they stand as values. */
  readonly names: ReadonlySet<string>
}

/** QMP commands as they are sent, one block each. */
export function CommandLines({ lines, names }: Props) {
  return lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a command is its place in its step
    <code key={at} className={styles.line}>
      {highlightLine(line, 'json', names).map(({ kind, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the line
        <span key={index} data-kind={kind}>
          {text}
        </span>
      ))}
    </code>
  ))
}
