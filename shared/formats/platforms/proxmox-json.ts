import type { Result } from '#shared/issue.ts'
import { type Draft, reportDoubled } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, freeMachineName, newMachines } from '../machines.ts'
import { isObject, type JsonObject, type JsonPart, member, parseJsonStream, textMember } from '../text/json-stream.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { Section } from './proxmox-config.ts'
import { finishVm, newVmReading, setOption, type VmReading } from './proxmox-vm.ts'

// `pvesh get /nodes/NODE/qemu/ID/config --output-format json`, or `…/pending`, and what Proxmox's API answers, which has the
// same in `data`: a member for each option; of `pending` a list of `{key, value, pending, delete}`. No text names the VM's number.

export function looksLikeProxmoxJson(head: string): boolean {
  return (
    /^[\s\uFEFF]*[[{]/.test(head) &&
    /"(?:scsi|virtio|sata|ide)\d+"\s*:\s*"|"key"\s*:\s*"(?:scsi|virtio|sata|ide)\d+"/.test(head)
  )
}

export function readProxmoxJson(text: string, options: ReadOptions): Result<Imported> {
  const stream = parseJsonStream(text)
  if (!stream.ok) return stream
  const machines = newMachines(text)
  const { parts, strays } = stream.value
  const configs = parts.flatMap((part) => optionsOf(part) ?? [])
  for (const config of configs) {
    const name = config.options.find((option) => option.name === 'name')?.value ?? 'VM'
    const draft = configs.length === 1 ? machines.common : draftOf(machines, freeMachineName(machines, name))
    readConfig(draft, config)
  }
  for (const part of parts) {
    if (optionsOf(part) === null) reportThrottling(machines.common, `line ${part.line}`, JSON.stringify(part.value))
  }
  for (const { line, text: stray } of strays) reportThrottling(machines.common, `line ${line}`, stray)
  return finishMachines(machines, options)
}

interface ConfigOption {
  readonly name: string
  readonly value: string | null
  /** What waits for the VM's next start; `delete` where the option goes. */
  readonly pending: string | null
  readonly isGoing: boolean
}

interface Config {
  readonly line: number
  readonly doubled: string | null
  readonly options: readonly ConfigOption[]
}

/** null: something else. */
function optionsOf({ value, line, doubled }: JsonPart): Config | null {
  const body = member(value, 'data') ?? value
  if (Array.isArray(body)) {
    const options = body.flatMap((entry) => (isObject(entry) ? pendingOption(entry) : []))
    return options.length === 0 ? null : { line, doubled, options }
  }
  if (!isObject(body)) return null
  const options = Object.entries(body).map(([name, text]) => ({
    name,
    value: asText(text),
    pending: null,
    isGoing: false,
  }))
  return { line, doubled, options }
}

function pendingOption(entry: JsonObject): readonly ConfigOption[] {
  const name = textMember(entry, 'key')
  if (name === null) return []
  const going = Number(member(entry, 'delete') ?? 0)
  return [
    { name, value: asText(member(entry, 'value')), pending: asText(member(entry, 'pending')), isGoing: going > 0 },
  ]
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function readConfig(draft: Draft, { line, doubled, options }: Config): void {
  const path = `line ${line}`
  reportDoubled(draft, path, doubled)
  const vm: VmReading = newVmReading(draft)
  const pending = new Section('PENDING', null)
  for (const { name, value, pending: next, isGoing } of options) {
    if (value !== null) setOption(vm, name, value, path)
    if (next !== null) pending.add(`${name}: ${next}`, name, next, path)
    else if (isGoing) pending.add(name, 'delete', name, path)
  }
  pending.report(draft)
  finishVm(vm)
}
