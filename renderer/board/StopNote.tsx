import { CircleAlert, TriangleAlert } from 'lucide-react'
import { shortenPaths } from '../store/short-paths.ts'
import { useStop } from '../store/stop.ts'
import styles from './StopNote.module.css'

/** Why a device has stopped and what to do, in place of its figures. Nothing on a device that has not. */
export function StopNote({ id }: { readonly id: string }) {
  const stop = useStop(id)
  if (stop === null) return null
  const { word, tone, reason, advice } = stop
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long path makes it scroll, which the keyboard must reach
    <section className={styles.note} data-tone={tone} aria-label={`Why ${id} does nothing`} tabIndex={0}>
      <p title={[reason, advice].join(' ').trim()}>
        <b className={styles.word}>
          {tone === 'danger' ? <CircleAlert /> : <TriangleAlert />}
          {word}
        </b>{' '}
        {shortenPaths(reason)} {advice !== '' && <span className={styles.advice}>{advice}</span>}
      </p>
    </section>
  )
}
