import { Pause, Play } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { formatClock } from '#shared/units.ts'
import { type PredictRun, setPredict, showMoment, usePredict } from '../store/predict.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Slider } from '../ui/Slider.tsx'
import styles from './PredictBar.module.css'
import { momentScale, momentText } from './predict-model.ts'

/** Moments per second while it plays. */
const PLAY_HZ = 10

/** Goes through the simulated time: by hand, by keys, or by itself. */
export function Scrubber({ run }: { readonly run: PredictRun }) {
  const moment = usePredict((state) => state.moment)
  const playing = usePredict((state) => state.playing)
  const count = run.snapshots.length
  const scale = useMemo(() => momentScale(count), [count])
  usePlayback(playing, count)
  const atNs = run.snapshots[moment]?.nowNs ?? 0
  const endNs = run.snapshots.at(-1)?.nowNs ?? 0
  const play = () => {
    if (!playing && moment >= count - 1) showMoment(0)
    setPredict({ playing: !playing })
  }
  return (
    <span className={styles.scrubber}>
      <IconButton label={playing ? 'Pause playback' : 'Play'} icon={playing ? <Pause /> : <Play />} onClick={play} />
      <Slider
        label="Moment"
        value={moment}
        scale={scale}
        valueText={`${momentText(atNs / 1e9)} of ${momentText(endNs / 1e9)}`}
        onChange={(next) => {
          setPredict({ playing: false })
          showMoment(next)
        }}
        tone="read"
      />
      <span className={styles.clock}>
        {formatClock(atNs)} / {formatClock(endNs)}
      </span>
    </span>
  )
}

function usePlayback(playing: boolean, count: number): void {
  useEffect(() => {
    if (!playing) return
    const timer = setInterval(() => {
      const next = usePredict.getState().moment + 1
      if (next < count) showMoment(next)
      if (next >= count - 1) setPredict({ playing: false })
    }, 1000 / PLAY_HZ)
    return () => clearInterval(timer)
  }, [playing, count])
}
