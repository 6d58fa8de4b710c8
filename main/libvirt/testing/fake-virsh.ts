import { chmod, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'

// A virsh for tests, first on PATH: a shell script that speaks as virsh does on its standard input, keeps what it is given,
// and answers as the test says. What a case of the script does not answer is answered by nothing.

export class FakeVirsh {
  readonly #folder: string
  readonly #restore: () => Promise<void>

  /** `cases`: cases of a shell's `case "$line" in`; `hang` in one never answers, `$LOG` has the commands before. */
  static async start(cases: string): Promise<FakeVirsh> {
    const { path: folder, remove } = await makeTempFolder()
    const file = path.join(folder, 'virsh')
    await writeFile(file, scriptOf(cases, path.join(folder, 'log')))
    await chmod(file, 0o755)
    await writeFile(path.join(folder, 'log'), '')
    const before = process.env.PATH
    process.env.PATH = `${folder}${path.delimiter}${before}`
    return new FakeVirsh(folder, async () => {
      process.env.PATH = before
      await remove()
    })
  }

  private constructor(folder: string, restore: () => Promise<void>) {
    this.#folder = folder
    this.#restore = restore
  }

  /** Commands as they came, each behind the number of the virsh that got it: `1 domstats web01`. */
  async commands(): Promise<readonly string[]> {
    const lines = (await readFile(path.join(this.#folder, 'log'), 'utf8')).split('\n').filter((line) => line !== '')
    const pids = [...new Set(lines.map((line) => line.split(' ', 1)[0]))]
    const told = lines.map((line) => {
      const [pid = '', ...words] = line.split(' ')
      return `${pids.indexOf(pid) + 1} ${words.join(' ')}`
    })
    return told.filter((line) => !/^\d+ uri$/.test(line))
  }

  close(): Promise<void> {
    return this.#restore()
  }
}

/** `exec` in hang: the program is this process then, and ends with it. */
function scriptOf(cases: string, log: string): string {
  return `#!/bin/sh
LOG='${log}'
hang() { exec sleep 600; }
while IFS= read -r line; do
  printf 'virsh # %s\\n' "$line"
  case "$line" in
    'echo --err '*) printf 'error: %s\\n' "\${line#echo --err }" >&2; continue ;;
    'echo '*) printf '%s\\n' "\${line#echo }"; continue ;;
  esac
  printf '%s %s\\n' "$$" "$line" >> "$LOG"
  case "$line" in
${cases}
  esac
done
`
}
