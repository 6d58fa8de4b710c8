import { asRecord } from './qmp-wire.ts'

/**
 * Whether libvirt runs this QEMU: it starts every VM with a monitor of that name and with a key by which it hands over
 * passwords. What `qom-list /objects` and query-chardev answer.
 */
export function bearsLibvirtsSigns(objects: unknown, chardevs: unknown): boolean {
  return has(objects, 'name', 'masterKey0') && has(chardevs, 'label', 'charmonitor')
}

function has(rows: unknown, key: string, value: string): boolean {
  return Array.isArray(rows) && rows.some((row) => asRecord(row)?.[key] === value)
}
