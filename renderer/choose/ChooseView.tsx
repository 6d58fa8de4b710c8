import { FolderOpen } from 'lucide-react'
import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { formatDurationNs, formatInteger, NS_PER_S } from '#shared/units.ts'
import { openRecording, refreshChart, refreshToday } from '../bridge/choose.ts'
import { useChoose } from '../store/choose.ts'
import { heldBy, sourceDevices } from '../store/choose-target.ts'
import { useHost } from '../store/host.ts'
import { notify } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ChooseChart } from './ChooseChart.tsx'
import { ChooseTools } from './ChooseTools.tsx'
import styles from './ChooseView.module.css'
import { LoadStrip } from './LoadStrip.tsx'

/** Rate, burst and wait of one load as one chart. */
export function ChooseView() {
  useFreshChart()
  const status = useChoose((state) => state.status)
  const message = useChoose((state) => state.message)
  const chart = useChoose((state) => state.chart)
  return (
    <section className={styles.view} aria-label="Choose a limit" aria-busy={status === 'working'}>
      <ChooseTools />
      {chart !== null && status !== 'failed' ? (
        <>
          <figure className={styles.plot}>
            <figcaption className={styles.head}>
              <h2>What this load needs</h2>
              <span className={styles.about}>
                {formatInteger(chart.requests)} requests in {formatDurationNs(chart.spanS * NS_PER_S)}
              </span>
              <Legend hasHidden={chart.closedLoops.length > 0 || chart.most !== null || chart.limited !== null} />
            </figcaption>
            <ChooseChart chart={chart} />
          </figure>
          <LoadStrip chart={chart} />
        </>
      ) : (
        <NoChart isWorking={status === 'working'} message={message} />
      )}
    </section>
  )
}

/** Asks for the chart again when the load it shows is another one. */
function useFreshChart(): void {
  const source = useChoose((state) => state.source)
  const unit = useChoose((state) => state.unit)
  const direction = useChoose((state) => state.direction)
  const limits = useWorkspace(({ workspace }) => workspace.groups[heldBy(workspace, source) ?? ''])
  const loads = useWorkspace(
    useShallow(({ workspace }) => sourceDevices(workspace, source).flatMap((each) => [each.id, each.workload])),
  )
  // What the table of its host showed of a VM: the news of whose board this is may come after the view was opened.
  const opened = useHost(({ host }) => host?.opened ?? null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when the answer is another one.
  useEffect(() => {
    refreshChart().catch((error: unknown) => notify('danger', String(error)))
  }, [source, unit, direction, loads, opened])
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when the answer is another one.
  useEffect(() => {
    refreshToday().catch((error: unknown) => notify('danger', String(error)))
  }, [limits])
}

function NoChart({ isWorking, message }: { readonly isWorking: boolean; readonly message: string }) {
  if (isWorking) return <p className={styles.working}>Looking at the load…</p>
  return (
    <EmptyState title={message === '' ? 'Whose load?' : 'Nothing to show for this load'}>
      <p>{message === '' ? 'Choose a throttle group above, or open a recorded load.' : message}</p>
      <Button variant="primary" onClick={() => void openRecording()}>
        <FolderOpen />
        Open a recorded load…
      </Button>
    </EmptyState>
  )
}

function Legend({ hasHidden }: { readonly hasHidden: boolean }) {
  return (
    <span className={styles.legend} aria-hidden="true">
      <span data-mark="today">today</span>
      <span data-mark="proposed">proposed, drag it</span>
      <span data-mark="line">wait, drag it</span>
      <span data-mark="ready-made">ready-made</span>
      {hasHidden && <span data-mark="hidden">not known</span>}
    </span>
  )
}
