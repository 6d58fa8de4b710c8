import { notUnderstood } from '../draft.ts'
import { draftOf, type Machines } from '../machines.ts'

/** `attach-disk DOMAIN SOURCE TARGET --throttle-groups a,b`: the first is nearest the disk. */
export function attachDisk(machines: Machines, words: readonly string[], path: string): void {
  const optionOf = (name: string) => {
    const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`))
    const word = words[at] ?? ''
    return at < 0 ? undefined : word.includes('=') ? word.slice(name.length + 1) : words[at + 1]
  }
  const taking =
    /^--(targetbus|driver|subdriver|iothread|cache|io|type|mode|sourcetype|serial|wwn|alias|address|throttle-groups|source-\w+|domain|source|target)$/
  const bare = words.filter((word, at) => !word.startsWith('--') && !taking.test(words[at - 1] ?? ''))
  const domain = optionOf('--domain') ?? bare.shift()
  const draft = domain === undefined ? machines.common : draftOf(machines, domain)
  if (domain !== undefined) draft.name = domain
  if (optionOf('--source') === undefined) bare.shift()
  const target = optionOf('--target') ?? bare.shift()
  const groups = (optionOf('--throttle-groups') ?? '')
    .split(',')
    .filter((group) => group !== '')
    .reverse()
  if (target === undefined) {
    notUnderstood(draft, path, 'attach-disk names no target')
    return
  }
  for (const group of groups) {
    if (draft.groups.has(group)) continue
    draft.groups.set(group, {})
    notUnderstood(draft, path, `there is no throttle group ${group} in this text; taken as unlimited`)
  }
  const [outermost = null, ...inner] = groups
  const qemu = outermost === null ? {} : { qemu: { style: 'filter' as const } }
  const device = { id: target, group: outermost, inner, ...qemu }
  const index = draft.devices.findIndex((each) => each.id === target)
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
}
