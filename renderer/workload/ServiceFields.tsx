import type { Disk, Service } from '#shared/workspace/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Select, type SelectOption } from '../ui/Select.tsx'
import { common } from './common.ts'
import { DraftField } from './DraftField.tsx'
import { FieldIssues } from './FieldIssues.tsx'
import { decimalText } from './field-text.ts'
import { parseSamples } from './service-samples.ts'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly ids: readonly string[]
  readonly disks: readonly Disk[]
  readonly onSet: (what: string, change: (disk: Disk) => Disk) => void
}

type ServiceKind = Service['kind'] | 'none'

const OPTIONS: readonly SelectOption<ServiceKind>[] = [
  { value: 'none', label: 'None', hint: 'a file: as measured; predictions assume a time' },
  { value: 'fixed', label: 'Fixed', hint: 'each request takes the same time' },
  { value: 'exponential', label: 'Exponential', hint: 'random, with this mean' },
  { value: 'sampled', label: 'Sampled', hint: 'drawn from times you give' },
]
const FIRST_US = 100
const MICROSECONDS = decimalText({ min: 0, max: 60_000_000 }, 'µs')

/** How long the disk takes for a request: a null disk always, a file in predictions. */
export function ServiceFields({ ids, disks, onSet }: Props) {
  const kind = common(disks, kindOf)
  const us = common(disks, ({ service }) => (service && service.kind !== 'sampled' ? service.us : null))
  const samples = common(disks, ({ service }) => (service?.kind === 'sampled' ? service.us.join(', ') : ''))
  const set = (service: Service) => onSet('Service time', (disk) => ({ ...disk, service }))
  return (
    <FieldRow
      label="Service time"
      hint={disks.some((disk) => disk.kind === 'file') ? 'in predictions' : ''}
      below={<FieldIssues ids={ids} part="disk.service" />}
    >
      <span className={styles.pair}>
        <Select
          label="Service time"
          size="s"
          value={kind}
          options={OPTIONS}
          placeholder="mixed"
          onChange={(next) => onSet('Service time', (disk) => turned(disk, next))}
        />
        {(kind === 'fixed' || kind === 'exponential') && (
          <NumberField
            label="Service time value"
            value={us}
            {...MICROSECONDS}
            onCommit={(next) => set({ kind, us: next })}
          />
        )}
        {kind === 'sampled' && (
          <DraftField
            label="Service times in microseconds"
            value={samples}
            onCommit={(text) => {
              const times = parseSamples(text)
              if (times) set({ kind: 'sampled', us: times })
            }}
          />
        )}
      </span>
    </FieldRow>
  )
}

function kindOf({ service }: Disk): ServiceKind {
  return service?.kind ?? 'none'
}

function turned(disk: Disk, kind: ServiceKind): Disk {
  const { service, ...rest } = disk
  if (kind === 'none') return rest
  const mean =
    service === undefined ? FIRST_US : typeof service.us === 'number' ? service.us : (service.us[0] ?? FIRST_US)
  return { ...rest, service: kind === 'sampled' ? { kind, us: [mean] } : { kind, us: mean } }
}
