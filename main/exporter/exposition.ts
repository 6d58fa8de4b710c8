import { setImmediate } from 'node:timers/promises'
import { type Metric, Registry, type RegistryContentType } from 'prom-client'
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

export async function expose(families: Iterable<Family>, format: Format): Promise<string> {
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

async function familyText({ name, kind: type, help, samples }: Family, format: Format): Promise<string> {
  const registry = new Registry<RegistryContentType>()
  registry.setContentType(CONTENT_TYPES[format])
  // Of shared labels prom-client makes the text once, however many families have them.
  const values = samples.map(({ labels: sharedLabels, value, part }) => {
    const labels = part?.suffix === '_bucket' ? { le: part.le } : {}
    return { labels, sharedLabels, value, ...(part === undefined ? {} : { metricName: `${name}${part.suffix}` }) }
  })
  const metric = { name, help, type, get: () => ({ name: metric.name, help, type, values }) }
  // A registry asks no more of a metric. prom-client's own would look up each sample among those it has, by its labels.
  registry.registerMetric(metric as unknown as Metric)
  const text = await registry.metrics()
  return text.endsWith(END) ? text.slice(0, -END.length) : text
}
