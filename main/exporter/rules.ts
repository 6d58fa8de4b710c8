import { stringify } from 'yaml'

// Alerts over the exporter's metrics, as Prometheus reads them. `promtool check rules` and `test rules` are in the tests.

interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: { readonly severity: 'warning' | 'critical' | 'info' }
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string }
}

/** In the order of the docs. */
export const ALERT_RULES: readonly (Omit<AlertRule, 'annotations'> & Words)[] = [
  {
    alert: 'WeirThrottled',
    expr: 'rate(weir_disk_throttled_seconds_total[5m]) > 0.5',
    for: '15m',
    labels: { severity: 'warning' },
    summary: '{{ $labels.domain }} {{ $labels.target_device }} is throttled',
    description: 'Requests waited {{ $value | humanizePercentage }} of the time (estimated), for 15 minutes.',
  },
  {
    alert: 'WeirNearLimit',
    expr: 'avg_over_time(weir_bucket_use_ratio[5m]) > 0.9',
    for: '15m',
    labels: { severity: 'info' },
    summary: '{{ $labels.domain }} {{ $labels.group }} is near its limit {{ $labels.limit }}',
    description: '{{ $value | humanizePercentage }} of the limit was used on average, for 15 minutes.',
  },
  {
    alert: 'WeirBurstSpentSoon',
    expr: [
      'weir_bucket_headroom_seconds < 300',
      'and on (domain, group, limit, instance) weir_bucket_level_ratio > 0.5',
      'and on (domain, group, limit, instance)',
      'label_replace(weir_group_limit{limit=~".+-max"}, "limit", "$1", "limit", "(.+)-max") > 0',
    ].join('\n'),
    for: '1m',
    labels: { severity: 'warning' },
    summary: 'The burst of {{ $labels.domain }} {{ $labels.group }} is spent soon',
    description: 'At its present rate it falls to {{ $labels.limit }} in {{ $value | humanizeDuration }} (estimated).',
  },
  {
    alert: 'WeirDrift',
    expr: 'weir_vm_drift > 0',
    for: '5m',
    labels: { severity: 'warning' },
    summary: '{{ $labels.domain }} is not limited as its policy says',
    description: '{{ $value }} differences. `weir check --policy FILE --from HOST` names them.',
  },
  {
    alert: 'WeirVmGone',
    expr: 'weir_vm_up == 0 unless on (domain, instance) weir_vm_state{state="busy"}',
    for: '2m',
    labels: { severity: 'critical' },
    summary: '{{ $labels.domain }} does not answer',
    description: 'Its monitor has not answered for 2 minutes: it hangs, or has ended without removing its socket.',
  },
]

interface Words {
  readonly summary: string
  readonly description: string
}

/** A rules file. `docs` is the address of docs/fleet.md, which has a section per alert. */
export function rulesFile(docs: string): string {
  const rules = ALERT_RULES.map(({ summary, description, ...rule }): AlertRule => {
    return { ...rule, annotations: { summary, description, runbook_url: `${docs}#${rule.alert.toLowerCase()}` } }
  })
  return stringify({ groups: [{ name: 'weir', rules }] }, { lineWidth: 0 })
}
