import { notify } from '../store/ui.ts'

/** The page would hold it whole; the open dialog's files are read in pieces where they can be. */
const MAX_DROPPED_BYTES = 64 * 1024 * 1024

/** Whether a dropped file is too large to be read in the page, or packed; the user is told what to do instead. */
export function isTooLargeToDrop({ name, size }: File): boolean {
  const isPacked = /\.gz$/i.test(name)
  if (size <= MAX_DROPPED_BYTES && !isPacked) return false
  const why = isPacked ? 'is packed' : 'is too large to be dropped'
  notify('warn', `${name} ${why}.`, 'Open it by Import, Open file…: a recording is read in pieces there.')
  return true
}
