import { useDeferredValue, useEffect } from 'react'
import { findDevice } from '#shared/workspace/workspace.ts'
import styles from './App.module.css'
import { Board } from './board/Board.tsx'
import { watchShortcuts } from './bridge/shortcuts.ts'
import { Timeline } from './charts/Timeline.tsx'
import { TimelineControls } from './charts/TimelineControls.tsx'
import { StatusPill } from './connect/StatusPill.tsx'
import { NoticeBar } from './dialogs/NoticeBar.tsx'
import { WindowDrop } from './dialogs/WindowDrop.tsx'
import { HostBackBar } from './host/HostBackBar.tsx'
import { LiveRegion } from './LiveRegion.tsx'
import { DialogKeys, later, loadTheRest, useDialogsNeeded } from './later.tsx'
import { ChainPanel } from './limits/ChainPanel.tsx'
import { LimitsPanel } from './limits/LimitsPanel.tsx'
import { Palette } from './palette/Palette.tsx'
import { useChoose } from './store/choose.ts'
import { useHost } from './store/host.ts'
import { useLessons } from './store/lessons.ts'
import { usePredict } from './store/predict.ts'
import { dismissNotice, type UiState, useUi } from './store/ui.ts'
import { useWorkspace } from './store/workspace.ts'
import { Dock } from './timeline/Dock.tsx'
import { Toolbar } from './toolbar/Toolbar.tsx'
import { ToastPlace } from './ui/ToastPlace.tsx'
import { Toasts } from './ui/Toasts.tsx'
import { WorkloadPanel } from './workload/WorkloadPanel.tsx'

const Overlays = later(() => import('./Overlays.tsx').then((file) => file.Overlays), <DialogKeys />)
const PredictBar = later(() => import('./predict/PredictBar.tsx').then((file) => file.PredictBar))
const PredictResult = later(() => import('./predict/PredictResult.tsx').then((file) => file.PredictResult))
const ChooseView = later(() => import('./choose/ChooseView.tsx').then((file) => file.ChooseView))
const ChoosePanel = later(() => import('./choose/ChoosePanel.tsx').then((file) => file.ChoosePanel))
const LessonPane = later(() => import('./lessons/LessonPane.tsx').then((file) => file.LessonPane))
const NoVm = later(() => import('./connect/NoVm.tsx').then((file) => file.NoVm))
const LiveBars = later(() => import('./connect/LiveBars.tsx').then((file) => file.LiveBars))
const LiveOps = later(() => import('./live/LiveOps.tsx').then((file) => file.LiveOps))
const HostView = later(() => import('./host/HostView.tsx').then((file) => file.HostView))
const HostPanel = later(() => import('./host/HostPanel.tsx').then((file) => file.HostPanel))
const TaintForm = later(() => import('./live/TaintForm.tsx').then((file) => file.TaintForm))
const HostOps = later(() => import('./live/HostOps.tsx').then((file) => file.HostOps))

/** The window's frame. Features do not know each other; they meet here. */
export function App() {
  const panelOpen = useUi((ui) => ui.panelOpen)
  const isChoosing = useChoose((state) => state.open)
  // The load over time stands in the chart itself.
  const dockOpen = useUi((ui) => ui.dockOpen) && !isChoosing
  const isLost = useUi((ui) => ui.mode === 'qemu' && ui.qemu?.status === 'lost')
  const isTable = useIsTable()
  const hasNoVm = useUi(showsNoVm) && !isChoosing && !isTable
  const isLearning = useLessons((state) => state.open)
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const isPredicting = useUi((ui) => ui.mode === 'predict')
  const isReady = useUi((ui) => ui.ready)
  useEffect(watchShortcuts, [])
  useEffect(() => (isReady ? loadTheRest() : undefined), [isReady])
  return (
    <div className={styles.app} data-learning={isLearning || undefined}>
      <div className={styles.toolbar}>
        <Toolbar liveStatus={<StatusPill />} />
      </div>
      {isLearning && (
        <div className={styles.lesson}>
          <LessonPane />
        </div>
      )}
      <main className={styles.main}>
        <NoticeBar />
        <HostBackBar />
        {isLive && <LiveBars />}
        {isLive && !isTable && !isChoosing && <LiveOps />}
        {isPredicting && <PredictBar />}
        <div className={styles.lanes} data-lost={isLost || undefined}>
          <View />
        </div>
        <ToastPlace />
      </main>
      {panelOpen && !hasNoVm && (
        <div className={styles.panel}>
          <Panel />
        </div>
      )}
      {dockOpen && !hasNoVm && !isTable && (
        <div className={styles.dock}>
          <Dock timeline={<Timeline />} timelineControls={<TimelineControls />} />
        </div>
      )}
      <OnTop />
      <LiveRegion />
    </div>
  )
}

/** What may lie over everything else. */
function OnTop() {
  const notices = useUi((ui) => ui.notices)
  const isNeeded = useDialogsNeeded()
  return (
    <>
      <Palette />
      {isNeeded && <Overlays />}
      <WindowDrop />
      <Toasts toasts={notices} onDismiss={dismissNotice} />
    </>
  )
}

function Panel() {
  const isChoosing = useChoose((state) => state.open)
  const isTable = useIsTable()
  const chained = useChainedCard()
  if (isChoosing) return <ChoosePanel />
  if (isTable) return <HostPanel operations={hostOperations} />
  if (chained !== null) {
    return (
      <>
        <ChainPanel id={chained} />
        <LimitsPanel />
        <WorkloadPanel />
      </>
    )
  }
  return (
    <>
      <WorkloadPanel />
      <LimitsPanel />
    </>
  )
}

function hostOperations(vm: string) {
  return <HostOps key={vm} vm={vm} />
}

/** The one selected card, if it is held at several levels. */
function useChainedCard(): string | null {
  // As the panels below it, which are redrawn then, it comes after what was pressed.
  const id = useDeferredValue(
    useUi(({ selectedDevices }) => (selectedDevices.length === 1 ? (selectedDevices[0] ?? null) : null)),
  )
  return useWorkspace(({ workspace }) =>
    id !== null && (findDevice(workspace, id)?.groups.length ?? 0) > 1 ? id : null,
  )
}

/** Live QEMU without a VM: the document's limits and loads are the lab's, and nothing was measured. */
function showsNoVm({ mode, qemu }: UiState): boolean {
  return mode === 'qemu' && (!qemu || qemu.status === 'detached')
}

/** Live QEMU shows the table of a host's VMs. */
function useIsTable(): boolean {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  return useHost(({ host }) => host !== null && host.opened === null) && isLive
}

/** The board, but where it would have nothing true to show, or the result of a prediction is asked for. */
function View() {
  const mode = useUi((ui) => ui.mode)
  const hasNoVm = useUi(showsNoVm)
  const predictView = usePredict((state) => state.view)
  const isChoosing = useChoose((state) => state.open)
  const isTable = useIsTable()
  if (isChoosing) return <ChooseView />
  if (isTable) {
    return (
      <>
        <HostView />
        <TaintForm />
      </>
    )
  }
  if (hasNoVm) return <NoVm />
  return mode === 'predict' && predictView === 'result' ? <PredictResult /> : <Board />
}
