import type { TaintLeave } from '#main/live/vm-link.ts'
import type { OptionValues } from './command.ts'
import { flagOption } from './options.ts'

/** `--monitor-command`: whether libvirt may be asked to pass commands to QEMU's own monitor. */
export function taintOption(options: OptionValues): { readonly mayTaint: () => TaintLeave } {
  const leave = flagOption(options, 'monitor-command') ? 'always' : 'never'
  return { mayTaint: () => leave }
}
