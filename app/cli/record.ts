import { labelOf } from '#main/live/qemu-label.ts'
import { record } from '#main/live/record.ts'
import { TraceWriter } from '#main/workspace/trace-writer.ts'
import { counted } from '#shared/counted.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatDurationNs, NS_PER_S } from '#shared/units.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { durationOption, flagOption, optionIssue, textOption } from './options.ts'
import { holdsSomething, outputFile } from './output-file.ts'
import { withReachedVm } from './reached-vm.ts'
import { taintOption } from './taint-option.ts'
import { oneVm, warnOfOwner } from './vm-option.ts'

// `weir record ADDR --duration 1h -o web01.trace.gz`: what a VM's disks do, for `weir choose`.

const DEFAULT_DURATION_S = 3600
const DEFAULT_INTERVAL_S = 1
const LEAST_INTERVAL_S = 0.1

export async function recordVm(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, terminal, signal, json } = call
  const address = oneVm(args[0], options)
  if (!address.ok) return address
  const durationS = durationOption(options, 'duration', DEFAULT_DURATION_S)
  if (!durationS.ok) return durationS
  const intervalS = durationOption(options, 'interval', DEFAULT_INTERVAL_S)
  if (!intervalS.ok) return intervalS
  if (intervalS.value < LEAST_INTERVAL_S) {
    return failed([optionIssue('interval', textOption(options, 'interval', ''), '100ms or more')])
  }
  const out = await outputFile(call, 'out', [null])
  if (!out.ok) return out
  const file = out.value
  if (file === null) {
    const message = 'this is missing; say where the recording goes: -o web01.trace.gz'
    return failed([{ path: '--out', code: 'missing-option', message }])
  }
  if (!flagOption(options, 'force') && (await holdsSomething(file))) {
    const message = `${file} already exists; move it, choose another file, or use --force to overwrite it`
    return failed([{ path: '--out', code: 'file-exists', message }])
  }
  warnOfOwner(address.value, terminal)
  // Ctrl-C ends the attempt to connect at once, and later the recording.
  return withReachedVm<Result<ExitCode>>(
    address.value,
    async ({ link, picture }) => {
      if (picture.daemon || picture.disks.every((disk) => disk.countersKey === null)) {
        const message = 'a storage daemon does not count requests; record a VM instead'
        return failed([{ path: 'ADDR', code: 'no-counters', message }])
      }
      const writer = await TraceWriter.create(file, 'packed')
      const { lost, problems, ...recorded } = await record({
        link,
        picture,
        name: labelOf(address.value, link.name),
        intervalMs: intervalS.value * 1000,
        durationMs: durationS.value * 1000,
        signal,
        percentiles: flagOption(options, 'percentiles'),
        write: (text) => writer.write(text),
      }).finally(() => writer.end())
      const end = lost === null ? 'done' : 'lost'
      if (json) terminal.print(JSON.stringify({ format: 'weir-recorded/1', file, end, ...recorded }, null, 2))
      else
        terminal.print(
          `${file}: ${counted(recorded.requests, 'request')} in ${formatDurationNs(recorded.seconds * NS_PER_S)}`,
        )
      for (const problem of problems) terminal.complain(terminal.paint.warn(problem))
      if (recorded.restarts > 0) terminal.complain(terminal.paint.warn('The VM was restarted meanwhile.'))
      if (lost === null) return ok(0)
      terminal.complain(terminal.paint.warn(`The VM went away, and ended the recording: ${lost.message}`))
      return ok(3)
    },
    { signal, ...taintOption(options) },
  )
}
