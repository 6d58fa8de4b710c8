import type { Result } from '#shared/issue.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { splitShellWords } from '../text/shell-words.ts'
import { readDriveOptions } from './qemu-drive.ts'
import { findBackend, newQemuModel, type QemuModel, setLegacyLimits } from './qemu-model.ts'
import { draftOfModel } from './qemu-model-draft.ts'

/** One line of the human monitor; whether it concerns limits. */
export function readHmpLine(draft: Draft, model: QemuModel, line: string, path: string): boolean {
  const words = splitShellWords(line.replace(/^\s*\(qemu\)\s*/, '')).words
  if (words[0] === 'drive_add') {
    const options = words.find((word, index) => index > 0 && word.includes('='))
    if (options !== undefined) readDriveOptions(draft, model, options, path)
    return true
  }
  if (words[0] !== 'block_set_io_throttle') return false
  const [, device, ...numbers] = words
  const values = numbers.map(Number)
  if (device === undefined || values.length !== BUCKETS.length || !values.every(Number.isSafeInteger)) {
    notUnderstood(
      draft,
      path,
      'block_set_io_throttle wants a disk and six whole numbers: bps bps_rd bps_wr iops iops_rd iops_wr',
    )
    return true
  }
  const limits = Object.fromEntries(BUCKETS.map((bucket, index) => [bucket, values[index] ?? 0]))
  // HMP takes either kind of name; a path can only be a device's.
  const isQdev = device.includes('/') || findBackend(model, 'qdev', device) !== null
  setLegacyLimits(model, isQdev ? { id: device } : { device }, limits, null)
  return true
}

export function readHmp(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  const model = newQemuModel()
  for (const [index, line] of checked.value.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const path = `line ${index + 1}`
    if (!readHmpLine(draft, model, line, path))
      notUnderstood(draft, path, `${JSON.stringify(line.trim().slice(0, 80))} says nothing about limits`)
  }
  draftOfModel(draft, model, 'only-attached')
  return finishDraft(draft, options)
}

export function detectHmp(text: string): number {
  return /^[ \t]*(\(qemu\)\s*)?block_set_io_throttle\s+\S+(\s+\d+){6}\s*$/m.test(text.slice(0, 8192)) ? 0.9 : 0
}
