import { LEGACY_KEYS } from '#shared/qemu/qmp-commands.ts'
import { isLimitKey, type LimitKey } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { keysByName } from '../limit-names.ts'
import { textMember } from '../text/json-stream.ts'
import { addBackend, addNode, type QemuModel, setLegacyLimits } from './qemu-model.ts'
import { nestOptions, parseOptionNumber, parseOptionString } from './qemu-options.ts'

// -drive (and HMP's drive_add): limits as `throttling.iops-total=…` or by the old short names.

const BY_SHORT_NAME = keysByName(LEGACY_KEYS)

export function readDriveOptions(draft: Draft, model: QemuModel, text: string, path: string): void {
  const options = parseOptionString(text, '')
  const limits: Partial<Record<LimitKey, number>> = {}
  let group: string | null = null
  const rest = new Map<string, string>()
  for (const [name, value] of options) {
    const key = throttlingKey(name)
    if (name === 'throttling.group' || name === 'group') group = value
    else if (key !== null) {
      const number = parseOptionNumber(value)
      if (number === null)
        notUnderstood(draft, `${path} ${name}`, `${JSON.stringify(value)} is no number; QEMU takes no suffixes here`)
      else limits[key] = number
    } else if (name.startsWith('throttling.')) {
      notUnderstood(draft, `${path} ${name}`, 'QEMU has no such limit')
    } else rest.set(name, value)
  }
  const drive = driveId(draft, model, rest, path)
  if (drive === null) return
  const isThrottle = rest.get('driver') === 'throttle' || rest.get('format') === 'throttle'
  const node =
    isThrottle || rest.has('node-name')
      ? addNode(model, { ...nestOptions(rest), ...(isThrottle ? { driver: 'throttle' } : {}) })
      : null
  addBackend(model, { drive, node })
  if (Object.keys(limits).length > 0) setLegacyLimits(model, { device: drive }, limits, group)
  else if (group !== null)
    draft.notes.push(`${drive} names the group ${group} without any limit; QEMU does not put it into the group then.`)
}

function throttlingKey(name: string): LimitKey | null {
  const long = name.startsWith('throttling.') ? name.slice('throttling.'.length) : ''
  return isLimitKey(long) ? long : (BY_SHORT_NAME.get(name) ?? null)
}

/** null: not a disk that anybody throttles. */
function driveId(draft: Draft, model: QemuModel, options: ReadonlyMap<string, string>, path: string): string | null {
  const id = options.get('id')
  if (id !== undefined) return id
  const kind = options.get('if') ?? 'ide'
  if (kind === 'pflash' || kind === 'mtd' || kind === 'sd') return null
  const count = model.backends.filter((backend) => backend.drive?.startsWith(kind)).length
  const made = kind === 'ide' ? `ide${count >> 1}-hd${count & 1}` : `${kind}${count}`
  draft.losses.push({
    path,
    kind: 'converted',
    message: `this -drive${textMember(Object.fromEntries(options), 'file') === null ? '' : ` (${options.get('file')})`} has no id; QEMU makes one such as ${made}`,
    to: made,
  })
  return made
}
