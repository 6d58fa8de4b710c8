import { useUi } from '../store/ui.ts'
import styles from './ResultTable.module.css'
import { difference, FIGURES, type Figure, type FigureName, type ResultRow } from './result-rows.ts'

const SHOWN_ROWS = 300

interface Props {
  readonly caption: string
  readonly figures: readonly FigureName[]
  readonly rows: readonly ResultRow[]
  /** A column with the device's group. */
  readonly withGroup?: boolean
}

export function ResultTable({ caption, figures, rows, withGroup = false }: Props) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className={styles.caption}>{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.name}>
              {withGroup ? 'Device' : 'Group'}
            </th>
            {withGroup && (
              <th scope="col" className={styles.name}>
                Group
              </th>
            )}
            {figures.map((name) => (
              <th key={name} scope="col" title={FIGURES[name].hint}>
                {FIGURES[name].label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_ROWS).map((row) => (
            <tr key={row.id}>
              <th scope="row" className={styles.name}>
                {row.id}
                {row.failed !== null && <span className={styles.failed}>{row.failed}</span>}
              </th>
              {withGroup && <td className={styles.group}>{row.group ?? 'not throttled'}</td>}
              {figures.map((name) => (
                <td key={name}>
                  <FigureCell name={name} figure={row.figures[name]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN_ROWS && (
        <p className={styles.more}>… {rows.length - SHOWN_ROWS} more; copy as JSON for all</p>
      )}
    </div>
  )
}

function FigureCell({ name, figure }: { readonly name: FigureName; readonly figure: Figure | undefined }) {
  const units = useUi((ui) => ui.settings.units)
  if (!figure) return <span className={styles.none}>–</span>
  const { format } = FIGURES[name]
  const told = difference(name, figure)
  return (
    <span className={styles.figure}>
      <b className={styles.value}>{format(figure.value, units)}</b>
      {told && (
        <span className={styles.difference}>
          {told.tone !== 'same' && figure.before !== null && (
            <del className={styles.before}>{format(figure.before, units)}</del>
          )}
          <span className={styles.change} data-tone={told.tone} title={told.words}>
            {told.text}
          </span>
        </span>
      )}
    </span>
  )
}
