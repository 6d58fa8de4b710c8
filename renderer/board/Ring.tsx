import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { deviceQueued } from '../store/columns.ts'
import { usePaint } from '../store/paint.ts'
import { writeAttribute } from './metric.ts'
import styles from './Ring.module.css'

// The round robin as QEMU has it: the members in a ring, one token per direction that hops from member to member. The
// read token is a dot, the write token a diamond, each where its holder stands; a member with requests waiting is lit.

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
  usePaint((snapshot) => paintRing(svg.current, snapshot, group, members))
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

function paintRing(
  svg: SVGSVGElement | null,
  snapshot: Snapshot | null,
  group: string,
  members: readonly string[],
): void {
  const measured = snapshot?.groups[group]
  if (!svg) return
  const read = measured?.read.token ?? null
  const write = measured?.write.token ?? null
  for (const direction of ['read', 'write'] as const) {
    const holder = direction === 'read' ? read : write
    const element = svg.querySelector<SVGElement>(`[data-direction=${direction}]`)
    const index = holder === null ? -1 : members.indexOf(holder)
    writeAttribute(element, 'data-held', index < 0 ? null : 'true')
    if (!element || index < 0) continue
    // Both tokens with one member stand side by side.
    const aside = read !== write ? 0 : direction === 'read' ? -3 : 3
    const { x, y } = pointAt(angleOf(index, members.length), RADIUS)
    element.style.transform = `translate(${(x + aside).toFixed(2)}px, ${y.toFixed(2)}px)${direction === 'write' ? ' rotate(45deg)' : ''}`
  }
  for (const node of svg.querySelectorAll('[data-member]')) {
    const device = snapshot?.devices[node.getAttribute('data-member') ?? '']
    writeAttribute(node, 'data-waiting', device && (deviceQueued(device) ?? 0) > 0 ? 'true' : null)
  }
}

function angleOf(index: number, count: number): number {
  return -Math.PI / 2 + (index * 2 * Math.PI) / Math.max(1, count)
}

function pointAt(angle: number, radius: number): { readonly x: number; readonly y: number } {
  return { x: CENTER + radius * Math.cos(angle), y: CENTER + radius * Math.sin(angle) }
}
