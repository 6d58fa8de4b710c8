import { notUnderstood } from '../draft.ts'
import { draftOf, type Machines } from '../machines.ts'
import { shellCommands } from '../text/shell-commands.ts'
import type { ShellWords } from '../text/shell-quoting.ts'
import { isVariable, newShellVariables, type ShellVariables } from '../text/shell-variables.ts'
import { looksLikeThrottling, reportThrottling } from '../unread-throttling.ts'
import { deleteOptions, newVmReading, setOption, type VmReading } from './proxmox-vm.ts'

// Commands that set a VM's options: `qm set 101 --scsi0 …`, `qm create 101 …`, `pvesh set /nodes/N/qemu/101/config …`.

/** The VMs of one text, by their number. A number that is a shell variable is a VM, too. */
export type VmReadings = Map<string, VmReading>

export function looksLikeCommand(line: string): boolean {
  return /(^|[\s/;&|('"])(qm\s+(set|create)|pvesh\s+(set|create))\s/.test(line)
}

export function readCommands(machines: Machines, vms: VmReadings, script: string): void {
  readScript(machines, vms, { text: script, path: null, variables: newShellVariables() })
}

interface Script {
  readonly text: string
  /** Of the line that has this script in a single word, as `ssh pve1 "qm set …"`; null: it is the whole text. */
  readonly path: string | null
  readonly variables: ShellVariables
}

function readScript(machines: Machines, vms: VmReadings, script: Script): void {
  for (const { words, problem, line, isUsed } of shellCommands(script.text, script.variables)) {
    const path = script.path ?? `line ${line}`
    if (!isUsed) readStatement(machines, vms, { words, problem, path, variables: script.variables })
  }
}

interface Command extends ShellWords {
  readonly path: string
  readonly variables: ShellVariables
}

function readStatement(machines: Machines, vms: VmReadings, { words, problem, path, variables }: Command): void {
  const inner = words.filter((word) => /\s/.test(word) && looksLikeCommand(word))
  const found = vmCommand(words)
  if (found !== null) {
    if (problem !== null) notUnderstood(machines.common, path, `${problem} in this line`)
    setOptions(machines, vms, found, path)
  } else if (inner.length > 0) {
    for (const text of inner) readScript(machines, vms, { text, path, variables: newShellVariables(variables) })
  } else if (words.length > 0) {
    // Comments are no commands, and are left out above.
    reportThrottling(machines.common, path, words.join(' '))
  }
}

interface VmCommand {
  readonly vm: string
  readonly options: readonly string[]
}

function vmCommand(words: readonly string[]): VmCommand | null {
  const at = words.findIndex((word) => /(^|\/)(qm|pvesh)$/.test(word))
  const [verb, target = '', ...options] = words.slice(at + 1)
  if (at < 0 || (verb !== 'set' && verb !== 'create')) return null
  if (words[at]?.endsWith('qm') === true) return { vm: target, options }
  const vm = /^\/?nodes\/[^/]+\/qemu(?:\/([^/]+)\/config)?\/?$/.exec(target)
  if (vm === null) return null
  const number = options.findIndex((word) => /^--?vmid$/.test(word))
  const given = options.find((word) => /^--?vmid=/.test(word))?.replace(/^--?vmid=/, '')
  const named = vm[1] ?? given ?? (number < 0 ? undefined : options[number + 1])
  return named === undefined ? null : { vm: named, options }
}

function setOptions(machines: Machines, vms: VmReadings, { vm, options }: VmCommand, path: string): void {
  const reading = vms.get(vm) ?? newVmReading(draftOf(machines, vm))
  if (!vms.has(vm) && isVariable(vm))
    notUnderstood(
      reading.draft,
      path,
      `the VM ${JSON.stringify(vm)} is a shell variable; its number is not in this text`,
    )
  vms.set(vm, reading)
  for (let at = 0; at < options.length; at += 1) {
    const word = options[at] ?? ''
    const option = /^--?([a-z][a-z0-9_-]*)(?:=(.*))?$/s.exec(word)
    const name = option?.[1]
    if (name === undefined) {
      if (looksLikeThrottling(word)) reportThrottling(reading.draft, path, word)
      continue
    }
    const next = options[at + 1]
    const value = option?.[2] ?? (next !== undefined && !/^--?[a-z]/.test(next) ? next : '')
    if (option?.[2] === undefined && value !== '') at += 1
    if (name === 'delete') deleteOptions(reading, value, path)
    else setOption(reading, name, value, path)
  }
}
