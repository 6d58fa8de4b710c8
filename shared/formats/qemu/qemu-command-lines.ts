import { parseOptionString } from './qemu-options.ts'

// A text may hold the command lines of several QEMUs, as a script or `ps` does; each begins with its program.

/** A path in an option's value (`file=/images/kvm`) is none; behind a name such as `ExecStart=` it is. */
const PROGRAM = /^(?:[A-Z]\w*=[-@+!:]*(?=\/))?(?:[^=,]*\/)?(qemu-system-[\w-]+|qemu-kvm|qemu-storage-daemon|kvm|qemu)$/

/** What comes before the first program is of the first. */
export function commandLinesOf(words: readonly string[]): readonly (readonly string[])[] {
  const starts = words.flatMap((word, at) => (isProgram(word, words[at - 1]) ? [at] : []))
  if (starts.length < 2) return [words]
  const lines = starts.map((start, index) => words.slice(index === 0 ? 0 : start, starts[index + 1]))
  // libvirt's log of a domain names QEMU and its version above the command line.
  const withOptions = lines.filter((line) => line.some((word) => word.startsWith('-')))
  return withOptions.length === 0 ? [words] : withOptions
}

/** `-accel kvm`, `-name qemu` and `[ -e /dev/kvm ]` start nothing. */
function isProgram(word: string, before = ''): boolean {
  return (
    PROGRAM.test(word) &&
    word !== '/dev/kvm' &&
    !/^--?(accel|name|machine|M|process|id|uuid|serial|monitor|runas|user|hd[a-d]|cdrom|L)$/.test(before)
  )
}

/** Where the first program is named; -1: nowhere. */
export function indexOfProgram(words: readonly string[]): number {
  return words.findIndex((word, at) => isProgram(word, words[at - 1]))
}

/** Options without a value: a word behind them is the image of the first disk. */
const FLAGS =
  /^(S|s|h|help|version|snapshot|nographic|nodefaults|no-[a-z-]+|enable-kvm|daemonize|full-screen|curses|usb|preconfig|only-migratable|mem-prealloc|singlestep|win2k-hack|semihosting|portrait|old-param|xen-attach)$/

/** `-drive`, `--blockdev`: the next word is its value. */
export function takesNextWord(word: string): boolean {
  const [, name] = /^--?([A-Za-z][A-Za-z0-9-]*)$/.exec(word) ?? []
  return name !== undefined && !FLAGS.test(name)
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
