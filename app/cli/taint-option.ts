import type { LibvirtPortOptions } from '#main/libvirt/libvirt-port.ts'
import type { OptionValues } from './command.ts'

/** `--monitor-command`: whether libvirt may be asked to pass commands to QEMU's own monitor. */
export function taintOption(options: OptionValues): LibvirtPortOptions {
  const isAllowed = options['monitor-command'] === true
  return { mayTaint: () => isAllowed }
}
