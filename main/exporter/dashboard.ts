import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries'

// A Grafana dashboard over the exporter's metrics, made by Grafana's own typed builders: first the host, then one VM.

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
const SOURCE = { type: 'prometheus', uid: '${datasource}' }
const HOST = 'instance=~"$instance"'
const VM = `${HOST}, domain=~"$domain"`
/** Grafana's grid has 24 columns. */
const HALF = 12
const QUARTER = 6
const HEIGHT = 8

interface Graph {
  readonly title: string
  readonly about: string
  readonly unit: string
  /** Expression and legend. */
  readonly lines: readonly (readonly [string, string])[]
}

const HOST_GRAPHS: readonly Graph[] = [
  {
    title: 'IOPS, the ten noisiest VMs',
    about: 'Measured.',
    unit: 'iops',
    lines: [[`topk(10, sum by (domain) (rate(weir_disk_requests_total{${HOST}}[$__rate_interval])))`, '{{domain}}']],
  },
  {
    title: 'Bandwidth, the ten noisiest VMs',
    about: 'Measured.',
    unit: 'Bps',
    lines: [[`topk(10, sum by (domain) (rate(weir_disk_bytes_total{${HOST}}[$__rate_interval])))`, '{{domain}}']],
  },
  {
    title: 'Share of the time throttled, top 10',
    about: 'Estimated: time in which at least one request of a disk waited for a limit.',
    unit: 'percentunit',
    lines: [
      [`topk(10, max by (domain) (rate(weir_disk_throttled_seconds_total{${HOST}}[$__rate_interval])))`, '{{domain}}'],
    ],
  },
  {
    title: 'Use of the nearest limit, top 10',
    about: 'Above 100 % while a burst lasts.',
    unit: 'percentunit',
    lines: [[`topk(10, max by (domain) (weir_bucket_use_ratio{${HOST}}))`, '{{domain}}']],
  },
]

const VM_GRAPHS: readonly Graph[] = [
  {
    title: 'IOPS by disk',
    about: 'Measured.',
    unit: 'iops',
    lines: [[`rate(weir_disk_requests_total{${VM}}[$__rate_interval])`, '{{domain}} {{target_device}} {{direction}}']],
  },
  {
    title: 'Bandwidth by disk',
    about: 'Measured.',
    unit: 'Bps',
    lines: [[`rate(weir_disk_bytes_total{${VM}}[$__rate_interval])`, '{{domain}} {{target_device}} {{direction}}']],
  },
  {
    title: 'Mean latency, and the part of it that is waiting',
    about: 'The whole is measured, the waiting estimated.',
    unit: 's',
    lines: [
      [
        `rate(weir_disk_request_seconds_total{${VM}}[$__rate_interval]) / (rate(weir_disk_requests_total{${VM}}[$__rate_interval]) > 0)`,
        '{{domain}} {{target_device}} {{direction}}',
      ],
      [
        `rate(weir_disk_wait_seconds_total{${VM}}[$__rate_interval]) / (rate(weir_disk_requests_total{${VM}}[$__rate_interval]) > 0)`,
        '{{domain}} {{target_device}} {{direction}} waiting',
      ],
    ],
  },
  {
    title: 'Bucket level, with its bounds',
    about: 'Estimated from counters; the truth is between low and high. 100 % is full: requests wait.',
    unit: 'percentunit',
    lines: [
      [`weir_bucket_level_ratio{${VM}}`, '{{domain}} {{group}} {{limit}}'],
      [`weir_bucket_level_low_ratio{${VM}}`, '{{domain}} {{group}} {{limit}} low'],
      [`weir_bucket_level_high_ratio{${VM}}`, '{{domain}} {{group}} {{limit}} high'],
    ],
  },
  {
    title: 'Share of the time at the limit',
    about: 'Estimated.',
    unit: 'percentunit',
    lines: [[`rate(weir_bucket_at_limit_seconds_total{${VM}}[$__rate_interval])`, '{{domain}} {{group}} {{limit}}']],
  },
  {
    title: 'Time until the burst is spent',
    about: 'Estimated, at the rate of the latest second; a gap where the bucket does not fill.',
    unit: 's',
    lines: [[`weir_bucket_headroom_seconds{${VM}}`, '{{domain}} {{group}} {{limit}}']],
  },
]

const STATS: readonly (readonly [string, string])[] = [
  ['VMs that answer', `sum(weir_vm_up{${HOST}})`],
  ['VMs that do not', `count(weir_vm_up{${HOST}} == 0) or vector(0)`],
  [
    'VMs throttled now',
    `count(max by (domain) (rate(weir_disk_throttled_seconds_total{${HOST}}[5m])) > 0.1) or vector(0)`,
  ],
  ['VMs that differ from policy', `count(weir_vm_drift{${HOST}} > 0) or vector(0)`],
]

export function grafanaDashboard(): Dashboard {
  const builder = new DashboardBuilder('QEMU throttling (Weir)')
    .uid('weir-throttling')
    .description('Throttle groups of every VM: rates, limits, bucket levels, waits. Made by weir exporter --dashboard.')
    .tags(['weir', 'qemu', 'throttling'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(variable('instance', 'Host', 'label_values(weir_host_vms, instance)'))
    .withVariable(variable('domain', 'VM', `label_values(weir_vm_up{${HOST}}, domain)`))
    .withRow(new RowBuilder('Host'))
  for (const [title, expr] of STATS) {
    builder.withPanel(
      new StatPanel().title(title).datasource(SOURCE).height(4).span(QUARTER).withTarget(query(expr, '')),
    )
  }
  for (const graph of HOST_GRAPHS) builder.withPanel(graphPanel(graph))
  builder.withRow(new RowBuilder('VM: $domain')).withPanel(limitsTable())
  for (const graph of VM_GRAPHS) builder.withPanel(graphPanel(graph))
  return builder.build()
}

function variable(name: string, label: string, definition: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query({ query: definition, refId: name })
    .definition(definition)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
}

function graphPanel({ title, about, unit, lines }: Graph): TimeseriesPanel {
  const panel = new TimeseriesPanel().title(title).description(about).datasource(SOURCE).unit(unit).min(0)
  for (const [expr, legend] of lines) panel.withTarget(query(expr, legend))
  return panel.height(HEIGHT).span(HALF)
}

function limitsTable(): TablePanel {
  const limits = query(`weir_group_limit{${VM}}`, '').instant()
  return new TablePanel()
    .title('Limits')
    .description('As QEMU has them now; bps is bytes per second.')
    .datasource(SOURCE)
    .withTarget(limits)
    .withTransformation({ id: 'labelsToFields', options: { mode: 'columns' } })
    .withTransformation({ id: 'merge', options: {} })
    .height(HEIGHT)
    .span(2 * HALF)
}

function query(expr: string, legend: string): DataqueryBuilder {
  const builder = new DataqueryBuilder().expr(expr).datasource(SOURCE)
  return legend === '' ? builder : builder.legendFormat(legend)
}
