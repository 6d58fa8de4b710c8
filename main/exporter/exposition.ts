import { setImmediate } from 'node:timers/promises'
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client'
import type { Family } from './families.ts'

// Families as text, by prom-client: Prometheus' own format, or OpenMetrics for who asks for it. A registry per family and
// scrape: nothing of a VM that is gone stays behind. Between families others get their turn: 200 VMs are 25 000 series, and
// looks must not be late for them.

export type Format = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<Format, RegistryContentType>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
}

const END = '# EOF\n'

export async function expose(families: readonly Family[], format: Format): Promise<string> {
  const parts: string[] = []
  for (const family of families) {
    if (family.samples.length === 0) continue
    parts.push(await familyText(family, format))
    await setImmediate()
  }
  return format === 'text' ? parts.join('\n') : `${parts.join('')}${END}`
}

/** What an `Accept` header asks for. */
export function formatFor(accept: string | undefined): Format {
  return accept?.includes('application/openmetrics-text') ? 'openmetrics' : 'text'
}

async function familyText({ name, kind, help, samples }: Family, format: Format): Promise<string> {
  const registry = new Registry<RegistryContentType>()
  registry.setContentType(CONTENT_TYPES[format])
  const labelNames = Object.keys(Object.assign({}, ...samples.map(({ labels }) => labels)))
  const about = { name, help, labelNames, registers: [registry] }
  if (kind === 'counter') {
    const counter = new Counter(about)
    for (const { labels, value } of samples) counter.inc(labels, value)
  } else {
    const gauge = new Gauge(about)
    for (const { labels, value } of samples) gauge.set(labels, value)
  }
  const text = await registry.metrics()
  return text.endsWith(END) ? text.slice(0, -END.length) : text
}
