import { EngineError } from '#main/engine-error.ts'
import { Host } from '#main/live/host/host.ts'
import type { HostLook } from '#shared/host-look.ts'
import { SORT_KEYS, type SortKey } from '#shared/host-rows.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { finishHost } from './finish-host.ts'
import { fitted } from './fit.ts'
import { hostPort } from './host-source.ts'
import { flagOption, optionIssue, textOption } from './options.ts'
import { taintOption } from './taint-option.ts'
import { topLines } from './top-table.ts'

// `weir top HOST`: in a terminal a table that is drawn again each second, until Ctrl-C or q; in a pipe or with --json one
// look, as soon as every VM was looked at twice, which rates need.

/** A VM that has not answered twice by then is shown as it is. */
const PATIENCE_MS = 4000
const KEYS: Readonly<Record<string, SortKey>> = {
  s: 'share',
  i: 'iops',
  b: 'bps',
  l: 'limit',
  w: 'wait',
  t: 'throttled',
  n: 'name',
}

export async function top(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal, signal } = call
  const port = hostPort(args[0] ?? '', 'HOST', taintOption(options))
  if (!port.ok) return port
  const sort = textOption(options, 'sort', 'share')
  const key = SORT_KEYS.find((each) => each === sort)
  if (key === undefined) return failed([optionIssue('sort', sort, `one of ${SORT_KEYS.join(', ')}`)])
  const histograms = flagOption(options, 'percentiles')
  const host = new Host({ ports: [port.value], histograms })
  try {
    await host.start()
    const [problem] = host.look().problems
    if (problem !== undefined) throw new EngineError('file-missing', problem, '')
    if (json || !terminal.redraws) {
      const look = await firstWhole(host, histograms ? 3 : 2, signal)
      if (json) terminal.print(JSON.stringify({ format: 'weir-host/1', ...look }, null, 2))
      else
        for (const line of topLines(look, key, { ...terminal, columns: Infinity, rows: Infinity })) terminal.print(line)
    } else {
      await draw(host, key, call)
    }
    return ok(0)
  } finally {
    await finishHost(host, terminal)
  }
}

/** Rates need two looks; what a histogram counts begins with the look after it was set. */
function firstWhole(host: Host, looks: number, signal: AbortSignal): Promise<HostLook> {
  const isWhole = ({ vms }: HostLook) =>
    vms.every((vm) => !vm.up || vm.looks.answered >= looks) && vms.some((vm) => vm.up)
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop()
      signal.removeEventListener('abort', done)
      resolve(host.look())
    }
    const timer = setTimeout(done, PATIENCE_MS)
    const stop = host.onLook((look) => {
      if (isWhole(look)) done()
    })
    signal.addEventListener('abort', done, { once: true })
  })
}

function draw(host: Host, first: SortKey, { terminal, signal }: CommandCall): Promise<void> {
  let key = first
  let drawn = 0
  const redraw = (): void => {
    const [columns, rows] = [terminal.columns(), terminal.rows?.() ?? 24]
    const lines = topLines(host.look(), key, { paint: terminal.paint, columns, rows })
    // A line that wraps would be two to go back over.
    const keys = Object.entries(KEYS).map(([letter, name]) => `${letter} ${name}`)
    const hint = terminal.paint.dim(fitted(`q quit  sort: ${keys.join('  ')}`, columns))
    terminal.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''}${[...lines, hint].join('\n')}\n`)
    drawn = lines.length + 1
  }
  redraw()
  return new Promise((resolve) => {
    const stops = [host.onLook(redraw)]
    const end = (): void => {
      for (const stop of stops) stop()
      resolve()
    }
    const unkey = terminal.onKey?.((letter) => {
      const chosen = KEYS[letter]
      if (letter === 'q') end()
      if (chosen === undefined) return
      key = chosen
      redraw()
    })
    if (unkey) stops.push(unkey)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
