import { parseOptionString } from './qemu-options.ts'

// A text may hold the command lines of several QEMUs, as a script or `ps` does; each begins with its program.

export const PROGRAM = /(^|\/)(qemu-system-[\w-]+|qemu-kvm|qemu-storage-daemon|kvm|qemu)$/

/** What comes before the first program is of the first. */
export function commandLinesOf(words: readonly string[]): readonly (readonly string[])[] {
  const starts = words.flatMap((word, at) => (isProgram(word, words[at - 1]) ? [at] : []))
  if (starts.length < 2) return [words]
  const lines = starts.map((start, index) => words.slice(index === 0 ? 0 : start, starts[index + 1]))
  // libvirt's log of a domain names QEMU and its version above the command line.
  const withOptions = lines.filter((line) => line.some((word) => word.startsWith('-')))
  return withOptions.length === 0 ? [words] : withOptions
}

/** `-accel kvm` and `-name qemu` start nothing. */
function isProgram(word: string, before = ''): boolean {
  return PROGRAM.test(word) && !/^--?(accel|name|machine|M|process|id|uuid|serial|monitor|runas|user)$/.test(before)
}

/** `-name guest=web01,…`, or Proxmox's `-id 101`; null: it has none. */
export function machineNameOf(words: readonly string[]): string | null {
  const after = (option: string) => {
    const at = words.findIndex((word) => word === `-${option}` || word === `--${option}`)
    return at < 0 ? undefined : words[at + 1]
  }
  const guest = parseOptionString(after('name') ?? '', 'guest').get('guest') ?? ''
  return guest === '' ? (after('id') ?? null) : guest
}
