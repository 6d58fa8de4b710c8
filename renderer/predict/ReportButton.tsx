import { FileText } from 'lucide-react'
import { useState } from 'react'
import { reportHtml } from '#shared/report/report.ts'
import { USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import type { PredictRun } from '../store/predict.ts'
import { notify, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Popover } from '../ui/Popover.tsx'
import { TextField } from '../ui/TextField.tsx'
import styles from './ReportButton.module.css'
import { reportFileName, summedReportRun, usualReportTitle } from './report-of-runs.ts'

interface Props {
  /** After the change. */
  readonly run: PredictRun
  /** Before it; null: a page of one run would have nothing to prove. */
  readonly against: PredictRun | null
}

/** Two predictions as one page to send, under a name that can be typed over. */
export function ReportButton({ run, against }: Props) {
  const [open, setOpen] = useState(false)
  const trigger = (
    <Button
      disabled={against === null}
      title={against === null ? 'Choose a run to compare with first' : 'Both runs as one page to send'}
    >
      <FileText />
      Report…
    </Button>
  )
  return (
    <Popover label="Report of two runs" open={open} onOpenChange={setOpen} trigger={trigger}>
      {against !== null && <ReportForm run={run} against={against} onSaved={() => setOpen(false)} />}
    </Popover>
  )
}

interface FormProps {
  readonly run: PredictRun
  readonly against: PredictRun
  readonly onSaved: () => void
}

function ReportForm({ run, against, onSaved }: FormProps) {
  const usual = usualReportTitle(against, run)
  const [typed, setTyped] = useState<string | null>(null)
  const title = typed === null || typed.trim() === '' ? usual : typed.trim()
  const save = () => {
    onSaved()
    reportFailure(saveReport(run, against, title))
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <p className={styles.words}>
        What changed, before and after, who gains and who pays, the commands: one page that opens without network and
        prints.
      </p>
      <TextField
        label="Title of the report"
        value={typed ?? usual}
        onChange={setTyped}
        onFocus={(event) => event.currentTarget.select()}
      />
      <span className={styles.actions}>
        <Button type="submit" variant="primary">
          Save as…
        </Button>
      </span>
    </form>
  )
}

async function saveReport(run: PredictRun, against: PredictRun, title: string) {
  const [before, after] = [await summedReportRun(against), await summedReportRun(run)]
  const version = useUi.getState().about?.version
  if (before === null || after === null || version === undefined) {
    return { ok: false, message: 'There is no result to report yet.', issues: [] } as const
  }
  const written = { version, tolerance: USUAL_TOLERANCE, writtenAt: new Date().toISOString() }
  const text = reportHtml({ title, before, after, ...written })
  const outcome = await invoke('file/save-text', { suggestedName: reportFileName(title), text })
  if (outcome.ok && outcome.fileName !== undefined) notify('ok', `Saved ${outcome.fileName}.`)
  return outcome
}
