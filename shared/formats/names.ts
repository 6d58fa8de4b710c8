// Names that a target cannot take become names that it can. The new name depends on the old one alone (a cleaned stem and
// a hash), so that two exports, or the two sides of a change, name the same thing alike; only where that is taken by
// another name does a number follow.

export interface NameRule {
  /** What a legal name matches, apart from its length. */
  readonly legal: RegExp
  readonly maxLength: number
  /** Taken by the target itself. */
  readonly reserved: ReadonlySet<string>
  /** What stands in front when nothing of the old name is left. */
  readonly stem: string
  /** Characters to be replaced by the dash. */
  readonly illegal: RegExp
  /** What stands for characters that are replaced, and before the hash; `-` where left out. */
  readonly dash?: string
}

const QEMU_ID = { legal: /^[A-Za-z][A-Za-z0-9._-]*$/, illegal: /[^A-Za-z0-9._-]+/g }

/** `id` of a -drive, of an object: QEMU's identifiers. The container of objects has a property `type` and the RAM of the machine. */
export const QEMU_OBJECT: NameRule = {
  ...QEMU_ID,
  maxLength: 200,
  reserved: new Set(['type', 'pc.ram', 'mach-virt.ram']),
  stem: 'group',
}
/** What qmp-shell does not take for a number, a truth value or two words. */
export const SHELL_WORD: NameRule = {
  ...QEMU_ID,
  maxLength: 200,
  reserved: new Set(['true', 'false', 'null', 'True', 'False', 'None']),
  stem: 'group',
}
export const QEMU_DRIVE: NameRule = { ...QEMU_ID, maxLength: 200, reserved: new Set(), stem: 'disk' }
/** 31 characters at most (`Node name too long`). */
export const QEMU_NODE: NameRule = { ...QEMU_ID, maxLength: 31, reserved: new Set(), stem: 'disk' }

/** Any text that UTF-8, JSON and XML all carry. */
export const ANY_TEXT: NameRule = {
  legal: /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028-\u202e\u2066-\u2069]+$/u,
  maxLength: 1000,
  reserved: new Set(),
  stem: 'name',
  illegal: /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028-\u202e\u2066-\u2069]+/gu,
}

/** FNV-1a, 32 bits, in six digits of base 36. */
function nameHash(name: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0
  }
  return hash.toString(36).padStart(6, '0').slice(-6)
}

function isLegalName(name: string, rule: NameRule): boolean {
  return name.length <= rule.maxLength && rule.legal.test(name) && !rule.reserved.has(name)
}

/** A legal name made from `name`, not in `taken`. */
function coinName(name: string, rule: NameRule, taken: ReadonlySet<string>): string {
  const hash = nameHash(name)
  const dash = rule.dash ?? '-'
  const cleaned = name
    .replace(rule.illegal, dash)
    .replace(/^[^A-Za-z]+/, '')
    .replace(dash === '_' ? /_+$/ : /-+$/, '')
  for (let attempt = 1; ; attempt += 1) {
    const tail = attempt === 1 ? `${dash}${hash}` : `${dash}${hash}${dash}${attempt}`
    const stem = (cleaned === '' ? rule.stem : cleaned).slice(0, rule.maxLength - tail.length)
    const coined = `${stem}${tail}`
    if (!taken.has(coined)) return coined
  }
}

/**
 * Old name → target's name, one to one. Legal names stay as they are and go first. `taken` holds names that others have
 * in the same name space, and is added to.
 */
export function mapNames(names: Iterable<string>, rule: NameRule, taken: Set<string>): ReadonlyMap<string, string> {
  const mapped = new Map<string, string>()
  const later: string[] = []
  for (const name of names) {
    if (isLegalName(name, rule) && !taken.has(name)) {
      mapped.set(name, name)
      taken.add(name)
    } else if (!mapped.has(name)) {
      later.push(name)
    }
  }
  for (const name of later) {
    if (mapped.has(name)) continue
    const coined = coinName(name, rule, taken)
    mapped.set(name, coined)
    taken.add(coined)
  }
  return mapped
}
