import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction } from '#shared/throttle/limits.ts'
import { deviceQueued } from '../store/columns.ts'
import { usePaint } from '../store/paint.ts'
import { writeAttribute } from '../ui/metric.ts'
import styles from './Ring.module.css'

// The round robin as QEMU has it: the members in a ring, one token per direction that hops from member to member. The
// read token is a dot, the write token a diamond, each where its holder stands; a member with requests waiting is lit.
// A token goes round hundreds of times a second and is looked at ten times: where it happens to be with the same member
// each time it makes a turn now and then, so that it does not look as if it stood still.

const SIZE = 76
const CENTER = SIZE / 2
const RADIUS = 26
const NODE_RADIUS = 6.5
/** More members than this and they are strokes on the ring. */
const MAX_NODES = 18

interface Props {
  readonly group: string
  /** Device ids in ring order. */
  readonly members: readonly string[]
}

export function Ring({ group, members }: Props) {
  const svg = useRef<SVGSVGElement>(null)
  const turns = useRef({ read: createTurn(), write: createTurn() })
  usePaint((snapshot) => paintRing(svg.current, snapshot, { group, members, turns: turns.current }))
  const node = Math.min(NODE_RADIUS, (Math.PI * RADIUS * 0.72) / Math.max(1, members.length))
  return (
    <svg
      ref={svg}
      className={styles.ring}
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      role="img"
      aria-label={`Ring of ${members.length}: ${members.slice(0, MAX_NODES).join(', ')}`}
    >
      <circle className={styles.track} cx={CENTER} cy={CENTER} r={RADIUS} />
      {members.length > MAX_NODES
        ? members.map((id, index) => <Tick key={id} id={id} angle={angleOf(index, members.length)} />)
        : members.map((id, index) => {
            const { x, y } = pointAt(angleOf(index, members.length), RADIUS)
            return <circle key={id} className={styles.node} data-member={id} cx={x} cy={y} r={node} />
          })}
      <path className={styles.way} d="M38 23a15 15 0 0 1 14 9.6m.6-5.8-.5 6-5.2-2" />
      <circle className={styles.token} data-direction="read" r={Math.min(3.4, node * 0.6 + 0.6)} />
      <rect className={styles.token} data-direction="write" x="-3" y="-3" width="6" height="6" rx="0.8" />
    </svg>
  )
}

function Tick({ id, angle }: { readonly id: string; readonly angle: number }) {
  const inner = pointAt(angle, RADIUS - 3)
  const outer = pointAt(angle, RADIUS + 3)
  return <line className={styles.node} data-member={id} x1={inner.x} y1={inner.y} x2={outer.x} y2={outer.y} />
}

const TURN_EVERY_NS = 400e6

/** Where a token is drawn. The angle only ever grows: it goes on along the ring, not back across it. */
interface Turn {
  angle: number
  moves: number
  turnedNs: number
}

function createTurn(): Turn {
  return { angle: Number.NaN, moves: 0, turnedNs: 0 }
}

interface RingView {
  readonly group: string
  readonly members: readonly string[]
  readonly turns: Readonly<Record<Direction, Turn>>
}

function paintRing(svg: SVGSVGElement | null, snapshot: Snapshot | null, view: RingView): void {
  const measured = snapshot?.groups[view.group]
  if (!svg) return
  const isShared = measured !== undefined && measured.read.token === measured.write.token
  for (const direction of DIRECTIONS) {
    const element = svg.querySelector<SVGElement>(`[data-direction=${direction}]`)
    const holder = measured?.[direction].token ?? null
    const index = holder === null ? -1 : view.members.indexOf(holder)
    writeAttribute(element, 'data-held', index < 0 ? null : 'true')
    if (!element || !measured || index < 0) continue
    const turn = view.turns[direction]
    const target = angleOf(index, view.members.length)
    turnTo(turn, target, measured[direction].tokenMoves ?? 0, snapshot?.nowNs ?? 0)
    // Both tokens with one member stand side by side.
    const aside = isShared ? (direction === 'read' ? -3 : 3) : 0
    element.style.transform = tokenTransform(turn.angle, aside, direction)
  }
  for (const node of svg.querySelectorAll('[data-member]')) {
    const device = snapshot?.devices[node.getAttribute('data-member') ?? '']
    writeAttribute(node, 'data-waiting', device && (deviceQueued(device) ?? 0) > 0 ? 'true' : null)
  }
}

function turnTo(turn: Turn, target: number, moves: number, nowNs: number): void {
  const full = 2 * Math.PI
  const ahead = Number.isNaN(turn.angle) ? 0 : (((target - turn.angle) % full) + full) % full
  const isSame = ahead < 0.01 || ahead > full - 0.01
  const isDue = moves > turn.moves && Math.abs(nowNs - turn.turnedNs) > TURN_EVERY_NS
  if (Number.isNaN(turn.angle)) turn.angle = target
  else if (!isSame) turn.angle += ahead
  else if (isDue) turn.angle += full
  if (!isSame || isDue) turn.turnedNs = nowNs
  turn.moves = moves
}

/** The same list of functions each time, so that the browser moves it along the circle and not across. */
function tokenTransform(angle: number, aside: number, direction: Direction): string {
  const [there, back] = [angle.toFixed(3), (-angle).toFixed(3)]
  const upright = direction === 'write' ? ' rotate(45deg)' : ''
  return `translate(${CENTER + aside}px, ${CENTER}px) rotate(${there}rad) translateX(${RADIUS}px) rotate(${back}rad)${upright}`
}

function angleOf(index: number, count: number): number {
  return -Math.PI / 2 + (index * 2 * Math.PI) / Math.max(1, count)
}

function pointAt(angle: number, radius: number): { readonly x: number; readonly y: number } {
  return { x: CENTER + radius * Math.cos(angle), y: CENTER + radius * Math.sin(angle) }
}
