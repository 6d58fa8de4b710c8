import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { DIRECTIONS } from '#shared/throttle/limits.ts'
import { formatDurationNs, formatInteger } from '#shared/units.ts'
import { groupQueued } from '../store/columns.ts'
import { usePaint } from '../store/paint.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { writeMetric, writeText } from '../ui/metric.ts'
import styles from './LaneFacts.module.css'
import { Ring } from './Ring.tsx'
import { TokenMark } from './TokenMark.tsx'

// Who has the turn, when the next request goes, how many wait: what QEMU knows and shows nobody. A live VM does not tell
// them, so there they are left out.

const SEPARATOR = '\u0000'

interface Props {
  readonly group: string
}

export function LaneFacts({ group }: Props) {
  const ring = useSnapshot((snapshot) => snapshot?.groups[group]?.ring?.join(SEPARATOR) ?? '')
  const root = useRef<HTMLDivElement>(null)
  const hops = useRef({ moves: 0, atNs: 0, perS: 0 })
  usePaint((snapshot) => paintFacts(root.current, snapshot, group, hops.current))
  return (
    <div className={styles.facts} ref={root}>
      <Ring group={group} members={ring === '' ? [] : ring.split(SEPARATOR)} />
      <div className={styles.table}>
        <span className={styles.caption}>token</span>
        <span className={styles.caption}>timer in</span>
        {DIRECTIONS.map((direction) => (
          <DirectionFacts key={direction} direction={direction} />
        ))}
        <span className={styles.queued}>
          queued <b className="num" data-part="queued" />
          <span
            className={`num ${styles.hops}`}
            data-part="hops"
            title="How often the tokens move on to another member"
          />
        </span>
      </div>
    </div>
  )
}

function DirectionFacts({ direction }: { readonly direction: 'read' | 'write' }) {
  return (
    <>
      <span className={styles.holder} title={`Holds the ${direction} token`}>
        <TokenMark direction={direction} />
        <span className="visually-hidden">{direction} token</span>
        <b data-part={`${direction}-token`} data-metric="token" data-direction={direction} />
      </span>
      <b className="num" data-part={`${direction}-timer`} />
    </>
  )
}

interface Hops {
  moves: number
  atNs: number
  perS: number
}

function paintFacts(root: HTMLElement | null, snapshot: Snapshot | null, group: string, hops: Hops): void {
  const measured = snapshot?.groups[group]
  if (!root) return
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part=${name}]`)
  for (const direction of DIRECTIONS) {
    const { token, timerInNs } = measured?.[direction] ?? { token: null, timerInNs: null }
    writeMetric(part(`${direction}-token`), token, token ?? '–')
    writeText(part(`${direction}-timer`), timerInNs === null ? '–' : formatDurationNs(timerInNs))
  }
  const queued = measured ? groupQueued(measured) : null
  writeMetric(part('queued'), queued, queued === null ? '–' : formatInteger(queued))
  part('queued')?.setAttribute('data-metric', 'queued')
  const moves = (measured?.read.tokenMoves ?? 0) + (measured?.write.tokenMoves ?? 0)
  updateHops(hops, moves, snapshot?.nowNs ?? 0)
  writeText(part('hops'), hops.perS >= 1 ? `${formatInteger(hops.perS)} hops/s` : '')
}

/** Over at least half a second, so that the figure can be read. */
function updateHops(hops: Hops, moves: number, nowNs: number): void {
  const spanNs = nowNs - hops.atNs
  if (spanNs >= 0 && spanNs < 500e6) return
  hops.perS = spanNs > 0 && spanNs < 5e9 && moves >= hops.moves ? ((moves - hops.moves) * 1e9) / spanNs : 0
  hops.moves = moves
  hops.atNs = nowNs
}
