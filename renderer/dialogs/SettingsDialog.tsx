import type { ReactNode } from 'react'
import type { Settings } from '#shared/ipc/settings-contract.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import { Switch } from '../ui/Switch.tsx'
import styles from './SettingsDialog.module.css'

const THEMES = [
  { value: 'system', label: 'Match system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
] as const
const UNITS = [
  { value: 'binary', label: 'MiB' },
  { value: 'decimal', label: 'MB' },
] as const
const SAMPLINGS = [
  { value: '50', label: '20 times a second' },
  { value: '100', label: '10 times a second' },
  { value: '200', label: '5 times a second' },
  { value: '500', label: 'Twice a second' },
  { value: '1000', label: 'Once a second' },
] as const
const ZOOMS = [80, 90, 100, 110, 125, 150]

/** Everything takes effect at once and is kept by the app, not by the workspace. */
export function SettingsDialog() {
  const open = useUi((ui) => ui.dialog === 'settings')
  const settings = useUi((ui) => ui.settings)
  return (
    <Dialog open={open} onClose={closeDialog} title="Settings">
      <div className={styles.rows}>
        <Looks settings={settings} />
        <Numbers settings={settings} />
      </div>
      <div className={styles.folder}>
        <Button size="s" onClick={() => reportFailure(invoke('app/open-log-folder', null))}>
          Open log folder
        </Button>
        <Button size="s" onClick={() => reportFailure(invoke('app/copy-diagnostics', null))}>
          Copy diagnostics
        </Button>
      </div>
    </Dialog>
  )
}

function change(settings: Settings, part: Partial<Settings>): void {
  reportFailure(invoke('settings/set', { ...settings, ...part }), 'settings')
}

function Looks({ settings }: { readonly settings: Settings }) {
  return (
    <>
      <Row label="Theme">
        <Segmented
          label="Theme"
          value={settings.theme}
          segments={THEMES}
          onChange={(theme) => change(settings, { theme })}
        />
      </Row>
      <Row label="Zoom" help="Ctrl + and Ctrl − do the same; Ctrl 0 is 100 %.">
        <Select
          label="Zoom"
          value={String(settings.zoomPercent)}
          options={zoomOptions(settings.zoomPercent)}
          onChange={(zoom) => change(settings, { zoomPercent: Number(zoom) })}
        />
      </Row>
      <Row label="Reduced motion" help="Nothing slides or fades. Always on where the system asks for it.">
        <Switch
          label="Reduced motion"
          checked={settings.reducedMotion}
          onChange={(reducedMotion) => change(settings, { reducedMotion })}
        />
      </Row>
    </>
  )
}

function Numbers({ settings }: { readonly settings: Settings }) {
  return (
    <>
      <Row label="Bandwidth in" help="How it is shown. Fields take either: 64 MiB/s, 100MB.">
        <Segmented
          label="Bandwidth in"
          value={settings.units}
          segments={UNITS}
          onChange={(units) => change(settings, { units })}
        />
      </Row>
      <Row label="Sampling" help="How often the board is redrawn. A live VM is polled at its own pace.">
        <Select
          label="Sampling"
          value={String(settings.samplePeriodMs)}
          options={samplingOptions(settings.samplePeriodMs)}
          onChange={(period) => change(settings, { samplePeriodMs: Number(period) })}
        />
      </Row>
    </>
  )
}

/** A value that the shortcuts or the file have set stands among the usual ones. */
function zoomOptions(zoomPercent: number) {
  const zooms = [...new Set([...ZOOMS, zoomPercent])].sort((a, b) => a - b)
  return zooms.map((zoom) => ({ value: String(zoom), label: `${zoom} %` }))
}

function samplingOptions(samplePeriodMs: number) {
  if (SAMPLINGS.some((sampling) => sampling.value === String(samplePeriodMs))) return SAMPLINGS
  return [...SAMPLINGS, { value: String(samplePeriodMs), label: `Every ${samplePeriodMs} ms` }]
}

function Row({
  label,
  help,
  children,
}: {
  readonly label: string
  readonly help?: string
  readonly children: ReactNode
}) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>{label}</span>
      <div className={styles.control}>{children}</div>
      {help !== undefined && <span className={styles.help}>{help}</span>}
    </div>
  )
}
