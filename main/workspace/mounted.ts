import fs from 'node:fs/promises'
import path from 'node:path'

// Whether a block device is in use by the system. Linux only: elsewhere nothing is known of it, and null is said.

export interface BlockUse {
  /** `/proc/self/mountinfo`. */
  readonly mountInfo: string
  /** Where the kernel shows block devices by number: `/sys/dev/block`. */
  readonly numbers: string
}

const SYSTEM: BlockUse = { mountInfo: '/proc/self/mountinfo', numbers: '/sys/dev/block' }

/** Why writing to the block device `rdev` would destroy what is in use; null: nothing is known to use it. */
export async function blockUse(rdev: number, system: BlockUse = SYSTEM): Promise<string | null> {
  const own = await sysPath(system, deviceNumber(rdev))
  for (const { number, at } of await mounts(system)) {
    if (number === deviceNumber(rdev)) return `it is mounted at ${at}`
    const other = await sysPath(system, number)
    if (own !== null && other?.startsWith(`${own}/`) === true) return `a partition of it is mounted at ${at}`
  }
  const holders = own === null ? [] : await fs.readdir(path.join(own, 'holders')).catch(() => [])
  return holders.length > 0 ? `${holders.join(', ')} is made of it` : null
}

/** As Linux packs major and minor into a number. */
function deviceNumber(rdev: number): string {
  const bits = BigInt(rdev)
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn)
  const minor = (bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn)
  return `${major}:${minor}`
}

async function sysPath({ numbers }: BlockUse, number: string): Promise<string | null> {
  return fs.realpath(path.join(numbers, number)).catch(() => null)
}

async function mounts({ mountInfo }: BlockUse): Promise<readonly { readonly number: string; readonly at: string }[]> {
  const text = await fs.readFile(mountInfo, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [, , number, , at] = line.split(' ')
    return number === undefined || at === undefined ? [] : [{ number, at }]
  })
}
