/** What QEMU answers to a command that changes throttling: nothing, or an error of a class with a text. */
export type QemuOutcome = { readonly ok: true } | QemuError

export interface QemuError {
  readonly ok: false
  readonly class: 'GenericError' | 'DeviceNotFound'
  readonly desc: string
}

export const SUCCESS: QemuOutcome = { ok: true }

export function genericError(desc: string): QemuError {
  return { ok: false, class: 'GenericError', desc }
}

export function deviceNotFound(name: string): QemuError {
  return { ok: false, class: 'DeviceNotFound', desc: `Device '${name}' not found` }
}
