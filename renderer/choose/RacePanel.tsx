import { Flag, Square } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LimitFacts } from '#shared/frontier.ts'
import { formatDurationNs, formatInteger, NS_PER_S } from '#shared/units.ts'
import { useChoose } from '../store/choose.ts'
import { announce, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import styles from './RacePanel.module.css'
import { queuePath, RACE_MS, raceSpanS, raceWords, runnerAt } from './race.ts'

const WIDTH = 300
const HEIGHT = 34

const seconds = (value: number) => formatDurationNs(value * NS_PER_S)

/** The load under today's limits and under the proposed ones, on one clock: how many wait, and who is done first. */
export function RacePanel() {
  const today = useChoose((state) => state.todayFacts)
  const proposed = useChoose((state) => state.proposedFacts)
  const { atS, isRunning, start, stop } = useRace(today, proposed)
  const canRace = today !== null && proposed !== null
  return (
    <section className={styles.race} aria-label="Race against today">
      <Button
        disabled={!canRace}
        onClick={isRunning ? stop : start}
        title={canRace ? undefined : 'There are no limits today to race against'}
      >
        {isRunning ? <Square /> : <Flag />}
        {isRunning ? 'Stop the race' : 'Race against today'}
      </Button>
      {canRace && atS !== null && <Tracks today={today} proposed={proposed} atS={atS} />}
    </section>
  )
}

/** Seconds of the load that have been raced; null: no race yet. With other limits it begins again. */
function useRace(today: LimitFacts | null, proposed: LimitFacts | null) {
  const [atS, setAtS] = useState<number | null>(null)
  const [isRunning, setRunning] = useState(false)
  const isStill = useUi((ui) => ui.settings.reducedMotion)
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when what was raced is not true any more.
  useEffect(() => {
    setAtS(null)
  }, [today, proposed])
  useEffect(() => {
    if (!isRunning || today === null || proposed === null) return
    const spanS = raceSpanS(today, proposed)
    const skips = isStill || matchMedia('(prefers-reduced-motion: reduce)').matches
    const began = performance.now()
    let frame = 0
    const next = (nowMs: number) => {
      const share = skips ? 1 : Math.min(1, (nowMs - began) / RACE_MS)
      setAtS(spanS * Math.max(0, share))
      if (share < 1) {
        frame = requestAnimationFrame(next)
        return
      }
      setRunning(false)
      announce(raceWords(today, proposed, seconds))
    }
    frame = requestAnimationFrame(next)
    return () => cancelAnimationFrame(frame)
  }, [isRunning, isStill, today, proposed])
  return { atS, isRunning, start: () => setRunning(true), stop: () => setRunning(false) }
}

interface TracksProps {
  readonly today: LimitFacts
  readonly proposed: LimitFacts
  readonly atS: number
}

function Tracks({ today, proposed, atS }: TracksProps) {
  const spanS = raceSpanS(today, proposed)
  const most = Math.max(...today.queue.waiting.values, ...proposed.queue.waiting.values)
  return (
    <>
      <p className={styles.clock}>
        {seconds(Math.min(atS, spanS))} of {seconds(spanS)}
      </p>
      <Track name="today" facts={today} atS={atS} spanS={spanS} most={most} />
      <Track name="proposed" facts={proposed} atS={atS} spanS={spanS} most={most} />
      {atS >= spanS && <p className={styles.outcome}>{raceWords(today, proposed, seconds)}</p>}
    </>
  )
}

interface TrackProps {
  readonly name: 'today' | 'proposed'
  readonly facts: LimitFacts
  readonly atS: number
  readonly spanS: number
  readonly most: number
}

function Track({ name, facts, atS, spanS, most }: TrackProps) {
  const { waiting, gone, longestWaitS, isDone } = runnerAt(facts, atS)
  const box = { width: WIDTH, height: HEIGHT, spanS, most }
  return (
    <div className={styles.track} data-runner={name}>
      <p>
        <b>{name}</b>
        <span>{isDone ? 'all gone' : `${formatInteger(waiting)} waiting`}</span>
        <span>
          {formatInteger(gone)} of {formatInteger(facts.requests)}
        </span>
        <span>longest {seconds(longestWaitS)}</span>
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={queuePath(facts.queue.waiting, atS, box)} />
      </svg>
    </div>
  )
}
