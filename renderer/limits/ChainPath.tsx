import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { ownerOf } from '#shared/workspace/lanes.ts'
import { type Device, membersOf } from '#shared/workspace/workspace.ts'
import { selectLevel, useShownGroup, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './ChainPath.module.css'
import { guestWords, limitsShortly } from './chain-words.ts'

/** The way of a request, from guest to disk. The level that is chosen is the one whose limits stand below. */
export function ChainPath({ device }: { readonly device: Device }) {
  const shown = useShownGroup()
  const isVm = useUi((ui) => ui.mode === 'qemu')
  const level = Math.max(0, device.groups.indexOf(shown ?? ''))
  const kind = device.disk.kind === 'file' ? 'file' : 'disk'
  return (
    <div className={styles.path}>
      <End name="guest" place="first">
        {isVm ? <span data-part="outstanding" /> : guestWords(device.workload)}
      </End>
      <RadioGroup
        className={styles.levels}
        aria-label="Level whose limits are shown"
        value={level}
        onValueChange={(next) => selectLevel(device.groups[Number(next)] ?? '')}
      >
        {device.groups.map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place in the chain
          <Level key={index} id={device.id} group={group} level={index} />
        ))}
      </RadioGroup>
      <End name={kind} place="last">
        <span data-part="service" title="Half of the requests are served faster" />
      </End>
    </div>
  )
}

interface EndProps {
  readonly name: string
  readonly place: 'first' | 'last'
  readonly children: React.ReactNode
}

function End({ name, place, children }: EndProps) {
  return (
    <div className={styles.stop} data-place={place}>
      <span className={styles.pin} aria-hidden="true">
        <i />
      </span>
      <div className={styles.end}>
        <b>{name}</b>
        <span>{children}</span>
      </div>
    </div>
  )
}

function Level({ id, group, level }: { readonly id: string; readonly group: string; readonly level: number }) {
  const limits = useWorkspace(({ workspace }) => workspace.groups[group])
  const units = useUi((ui) => ui.settings.units)
  const words = limitsShortly(limits ?? {}, units)
  const role = useWorkspace(({ workspace }) => {
    if (ownerOf(workspace, group) === id) return 'its own'
    const count = membersOf(workspace, group).length
    return count === 1 ? 'cap' : `cap, shared by ${count}`
  })
  return (
    <div className={styles.stop}>
      <span className={styles.pin} aria-hidden="true">
        <i style={{ borderColor: `var(--level-hue-${level})`, background: `var(--level-hue-${level})` }} />
      </span>
      <Radio.Root value={level} className={styles.level} data-chain-level={level} data-group={group}>
        <span className={styles.title}>
          <b title={group}>{group}</b> <em>{role}</em>{' '}
          <span className={styles.binds} data-part="binds" hidden>
            binds now
          </span>{' '}
          <span className={`num ${styles.limits}`} title={words}>
            {words}
          </span>
        </span>
        <span className={styles.figures}>
          <span className={styles.track} aria-hidden="true">
            <i className={styles.fill} data-part="fill" />
          </span>
          <span className="num" data-part="used" />
          <span>
            <span data-part="wait-word">waits</span> <b className="num" data-part="level-wait" />
          </span>
        </span>
      </Radio.Root>
    </div>
  )
}
