import { invoke, reportFailure } from '../bridge/ipc.ts'
import { selectVm, useHost } from '../store/host.ts'
import { showForm } from '../store/live.ts'
import { useUi } from '../store/ui.ts'

/** L asks which limits of a VM to lift, beside its panel; P puts them back. Gives whether the key did anything. */
export function operateVm(key: string, id: string): boolean {
  const { host } = useHost.getState()
  const isUp = host?.look.vms.find((vm) => vm.id === id)?.up === true
  const isLifted = host?.lifts[id] !== undefined
  const letter = key.toLowerCase()
  if (letter === 'l' && isUp && !isLifted && useUi.getState().panelOpen) {
    selectVm(id)
    showForm('lift', id)
    return true
  }
  if (letter !== 'p' || !isLifted) return false
  reportFailure(invoke('lift/put-back', { vm: id }), 'vm')
  return true
}
