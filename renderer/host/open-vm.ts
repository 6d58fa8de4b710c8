import { nearestLimit, type VmLook } from '#shared/host-look.ts'
import { openChoose } from '../bridge/choose.ts'
import { invoke, report, reportFailure } from '../bridge/ipc.ts'
import type { ChooseSource } from '../store/choose.ts'
import { useHost } from '../store/host.ts'
import { showForm } from '../store/live.ts'
import { notify } from '../store/ui.ts'

// From the table of a host to the board of one of its VMs.

export function openVm(id: string): void {
  reportFailure(invoke('host/open-vm', { id }), 'vm')
}

/** Sets latency histograms in the VM, or removes Weir's; the user is asked before libvirt marks a domain as tainted. */
export function setPercentiles(id: string, isOn: boolean): void {
  if (isOn && useHost.getState().host?.histograms[id]?.taints === true) showForm('taint', id)
  else reportFailure(invoke('host/percentiles', { vm: id, isOn, mayTaint: false }), 'vm')
}

/** Opens the VM's board and, on it, the view in which a limit is chosen for what the table showed of it. */
export function chooseFor(vm: VmLook): void {
  const source = sourceOf(vm)
  invoke('host/open-vm', { id: vm.id }).then(
    (outcome) => {
      report(outcome, 'vm')
      if (outcome.ok) openChoose(source)
    },
    (error: unknown) => notify('danger', String(error), '', 'vm'),
  )
}

/** What holds it, else its busiest disk. undefined: it has none, or was not looked at yet. */
function sourceOf(vm: VmLook): ChooseSource | undefined {
  const nearest = nearestLimit(vm)
  if (nearest !== null) return { kind: 'group', group: nearest.group }
  const load = (index: number) => (vm.disks[index]?.read?.iops ?? 0) + (vm.disks[index]?.write?.iops ?? 0)
  const busiest = vm.disks.reduce((most, _disk, index) => (load(index) > load(most) ? index : most), 0)
  const disk = vm.disks[busiest]
  return disk === undefined ? undefined : { kind: 'device', id: disk.id }
}
