import type { Result } from '#shared/issue.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { finishMachines, newMachines } from '../machines.ts'
import { checkText } from '../text/guard.ts'
import { looksLikeCommand, readCommands, type VmReadings } from './proxmox-commands.ts'
import { type ConfigLine, readConfigTexts } from './proxmox-config.ts'
import { looksLikeProxmoxJson, readProxmoxJson } from './proxmox-json.ts'
import { finishVm } from './proxmox-vm.ts'

// Proxmox: the configuration of a VM or of several, as a text or as JSON, or a script with the commands that set them.

export function readProxmox(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  if (looksLikeProxmoxJson(checked.value)) return readProxmoxJson(checked.value, options)
  const machines = newMachines(checked.value)
  const lines = checked.value.split(/\r?\n/).map((each, index): ConfigLine => ({ text: each, number: index + 1 }))
  if (lines.some((line) => looksLikeCommand(line.text))) {
    const vms: VmReadings = new Map()
    readCommands(machines, vms, checked.value)
    for (const vm of vms.values()) finishVm(vm)
  } else readConfigTexts(machines, lines)
  return finishMachines(machines, options)
}

export function detectProxmox(text: string): number {
  const head = text.slice(0, 16_384)
  if (looksLikeProxmoxJson(head)) return 0.9
  if (
    /^(?:[\w.-]+@[\w.-]+:\S*# )?[^#\n]*\b(qm\s+(set|create)|pvesh\s+(set|create)\s+\/?nodes\/[^/\s]+\/qemu)\b/m.test(
      head,
    )
  )
    return 0.9
  if (!/^(?:cur +|(?:\S*\/)?\d+\.conf:(?:\d+:)?)?(scsi|virtio|sata|ide)\d+:\s*\S+/m.test(head)) return 0
  return /^(?:cur +)?(scsihw|bootdisk|boot|ostype|vmgenid|smbios1|net\d|memory|sockets|cores):\s/m.test(head)
    ? 0.95
    : 0.6
}
