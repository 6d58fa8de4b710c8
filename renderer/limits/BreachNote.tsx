import { setAverage, withoutBurst } from '#shared/throttle/limit-edits.ts'
import { BUCKETS, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'

interface Props {
  readonly id: string
  readonly breach: Breach
  readonly limits: Limits
  readonly onMend: (mend: (limits: Limits) => Limits) => void
}

/** QEMU's own words, what would be right, and a press that makes it so. */
export function BreachNote({ id, breach, limits, onMend }: Props) {
  return (
    <Note
      tone="danger"
      id={id}
      actions={mendings(breach, limits).map(({ label, mend }) => (
        <Button key={label} size="s" onClick={() => onMend(mend)}>
          {label}
        </Button>
      ))}
    >
      QEMU: {breach.text}; {breach.advice}.
    </Note>
  )
}

interface Mending {
  readonly label: string
  readonly mend: (limits: Limits) => Limits
}

function mendings(breach: Breach, limits: Limits): readonly Mending[] {
  const bucket = BUCKETS.find((each) => breach.keys.some((key) => key === each || key.startsWith(`${each}-max`)))
  if (breach.code === 'limits-iops-size-alone') {
    return [{ label: 'Turn it off', mend: (current) => ({ ...current, 'iops-size': 0 }) }]
  }
  if (bucket === undefined) return []
  const noBurst: Mending = { label: 'No burst', mend: (current) => withoutBurst(current, bucket) }
  const max = limitOf(limits, maxKey(bucket))
  switch (breach.code) {
    case 'limits-max-below-avg':
      return [
        {
          label: 'Raise the burst to the limit',
          mend: (current) => ({ ...current, [maxKey(bucket)]: limitOf(current, bucket) }),
        },
        noBurst,
      ]
    case 'limits-max-without-avg':
      return [{ label: 'Set the limit too', mend: (current) => setAverage(current, bucket, max) }, noBurst]
    case 'limits-length-without-max':
    case 'limits-length-zero':
      return [{ label: 'Back to 1 s', mend: (current) => ({ ...current, [lengthKey(bucket)]: 1 }) }]
    default:
      return []
  }
}
