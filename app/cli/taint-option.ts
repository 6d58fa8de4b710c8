import type { LibvirtPortOptions } from '#main/libvirt/libvirt-port.ts'
import type { OptionValues } from './command.ts'
import { flagOption } from './options.ts'

/** `--monitor-command`: whether libvirt may be asked to pass commands to QEMU's own monitor. */
export function taintOption(options: OptionValues): LibvirtPortOptions {
  const isAllowed = flagOption(options, 'monitor-command')
  return { mayTaint: () => isAllowed }
}
