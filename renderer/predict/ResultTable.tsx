import type { DeviceGain } from '#shared/report/gains.ts'
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
  /** A column with what each pays for the change; null: there is nothing to compare with. */
  readonly gains?: readonly DeviceGain[] | null
}

export function ResultTable({ caption, figures, rows, withGroup = false, gains = null }: Props) {
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
            {gains !== null && (
              <th scope="col" className={styles.name} title="What the change costs this device">
                Pays
              </th>
            )}
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
              {gains !== null && <PriceCell gain={gains.find(({ device }) => device === row.id)} />}
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

/** Nothing of a device that the other run does not have. */
function PriceCell({ gain }: { readonly gain: DeviceGain | undefined }) {
  return (
    <td className={styles.price} data-verdict={gain?.verdict}>
      {gain?.price ?? '–'}
    </td>
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
