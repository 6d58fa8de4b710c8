import { hostFamilies } from '#main/exporter/families.ts'
import { checkExposure, parseListenAddress } from '#main/exporter/listen-address.ts'
import { startMetricsServer } from '#main/exporter/server.ts'
import { NO_WEB_CONFIG, readWebConfig } from '#main/exporter/web-config.ts'
import { Host } from '#main/live/host/host.ts'
import { policyDrift } from '#main/policy/desired.ts'
import type { Policy } from '#main/policy/policy.ts'
import { keepHeapSmall } from '#main/small-heap.ts'
import { ok, type Result } from '#shared/issue.ts'
import { homepage, version } from '../../package.json'
import type { CommandCall, ExitCode } from './command.ts'
import { hostPorts } from './host-source.ts'
import { flagOption, listOption, textOption } from './options.ts'
import { readPolicy } from './policy-file.ts'
import { printableName } from './printable.ts'
import { taintOption } from './taint-option.ts'

// `weir exporter`: one small process per host, for Prometheus. Looks at every VM each second itself and keeps the counters,
// so that a scrape each minute loses nothing.

const DEFAULT_LISTEN = '127.0.0.1:9723'
const PATH_OF_DOCS = 'docs/fleet.md'

export async function exporter(call: CommandCall): Promise<Result<ExitCode>> {
  const { options, terminal } = call
  if (flagOption(options, 'rules')) {
    const { rulesFile } = await import('#main/exporter/rules.ts')
    terminal.write(rulesFile(new URL(PATH_OF_DOCS, homepage).href))
    return ok(0)
  }
  if (flagOption(options, 'dashboard')) {
    const { grafanaDashboard } = await import('#main/exporter/dashboard.ts')
    terminal.write(`${JSON.stringify(grafanaDashboard(), null, 2)}\n`)
    return ok(0)
  }
  return serve(call)
}

async function serve({ options, terminal, signal, json }: CommandCall): Promise<Result<ExitCode>> {
  const sources = [...listOption(options, 'from'), ...listOption(options, 'qmp-dir')]
  const ports = hostPorts(sources, '--qmp-dir', taintOption(options))
  if (!ports.ok) return ports
  const address = parseListenAddress(textOption(options, 'listen', DEFAULT_LISTEN))
  if (!address.ok) return address
  const file = textOption(options, 'web-config', null)
  const config = file === null ? ok(NO_WEB_CONFIG) : await readWebConfig(file)
  if (!config.ok) return config
  const exposed = checkExposure(address.value, config.value)
  if (!exposed.ok) return exposed
  const policy = await policyOption(textOption(options, 'policy', null))
  if (!policy.ok) return policy
  const asked = policy.value
  keepHeapSmall()
  const host = new Host({
    ports: ports.value,
    histograms: flagOption(options, 'percentiles'),
    latencyTotals: true,
    ...(asked === null ? {} : { driftOf: (vm, picture) => policyDrift(asked, vm, picture) }),
  })
  try {
    await host.start()
    for (const problem of host.look().problems) terminal.complain(terminal.paint.warn(printableName(problem)))
    const sayOnce = onceEach((text) => terminal.complain(terminal.paint.warn(printableName(text))))
    const server = await startMetricsServer(address.value, config.value, () => {
      host.histogramProblems().forEach(sayOnce)
      return hostFamilies(host.look(), version)
    })
    const scheme = config.value.tls === null ? 'http' : 'https'
    const name = address.value.host ?? 'localhost'
    const where = `${scheme}://${name.includes(':') ? `[${name}]` : name}:${server.port}/metrics`
    terminal.print(json ? JSON.stringify({ format: 'weir-exporter/1', url: where }) : `metrics at ${where}`)
    await aborted(signal)
    await server.close()
    return ok(0)
  } finally {
    // What there are no percentiles of was said at the first scrape.
    for (const text of await host.finish()) terminal.complain(terminal.paint.warn(printableName(text)))
  }
}

function onceEach(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>()
  return (text) => {
    if (!said.has(text)) say(text)
    said.add(text)
  }
}

async function policyOption(file: string | null): Promise<Result<Policy | null>> {
  return file === null ? ok(null) : readPolicy(file)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
