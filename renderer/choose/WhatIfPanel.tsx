import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { judgeGoals } from '#shared/goals.ts'
import { type DeviceGain, gainsBetween } from '#shared/report/gains.ts'
import { leadSentences } from '#shared/report/report.ts'
import { USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { formatDurationNs, formatIops } from '#shared/units.ts'
import { laneNames, laneOf } from '#shared/workspace/lanes.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { askWhatIf, type WhatIf } from '../bridge/choose-split.ts'
import { laneName } from '../store/actions.ts'
import { useChoose } from '../store/choose.ts'
import { sourceDevices } from '../store/choose-target.ts'
import { announce, useUi } from '../store/ui.ts'
import { currentWorkspace, useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './SplitPanel.module.css'

interface Asked {
  readonly workspace: Workspace
  readonly device: string
  readonly group: string | null
  /** null: it is being reckoned. */
  readonly said: WhatIf | null
}

/** `group` of the free lane in a list of choices: no group is called so. */
const FREE = ''

/** "What if etl moved to bulk": a comparison that touches nothing. */
export function WhatIfPanel() {
  const source = useChoose((state) => state.source)
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const ids = useWorkspace(useShallow(({ workspace }) => sourceDevices(workspace, source).map(({ id }) => id)))
  const lanes = useWorkspace(useShallow(({ workspace }) => laneNames(workspace)))
  const [picked, setPicked] = useState<string | null>(null)
  const device = ids.find((id) => id === picked) ?? ids[0]
  const now = useWorkspace(({ workspace }) => laneOfId(workspace, device))
  const others = [...lanes, FREE].filter((lane) => lane !== (now ?? FREE))
  const [to, setTo] = useState<string | null>(null)
  const group = others.find((lane) => lane === to) ?? others[0]
  const [asked, setAsked] = useState<Asked | null>(null)
  const workspace = useWorkspace((state) => state.workspace)
  if (device === undefined || group === undefined) return null
  const compare = async () => {
    const question = { workspace: currentWorkspace(), device, group: group === FREE ? null : group }
    setAsked({ ...question, said: null })
    const said = await askWhatIf(question.device, question.group)
    setAsked({ ...question, said })
    announce(said.ok ? leadOf(question.workspace, said) : said.message)
  }
  const isOf = asked?.device === device && (asked.group ?? FREE) === group && asked.workspace === workspace
  return (
    <section className={styles.split} aria-label="What if">
      <header className={styles.head}>
        <h2>What if</h2>
        <span>{isLive ? 'what was measured, simulated' : 'simulated, nothing is moved'}</span>
      </header>
      <div className={styles.actions}>
        <Select
          label="Device that would move"
          size="s"
          value={device}
          options={ids.map((id) => ({ value: id, label: id }))}
          onChange={setPicked}
        />
        <span>moved to</span>
        <Select
          label="Group it would move to"
          size="s"
          value={group}
          options={others.map((lane) => ({ value: lane, label: laneName(lane === FREE ? null : lane) }))}
          onChange={setTo}
        />
      </div>
      <Button onClick={() => void compare()} disabled={isOf && asked.said === null}>
        {isOf && asked.said === null ? 'Comparing…' : 'Compare'}
      </Button>
      {isOf && asked.said !== null && <Answer workspace={asked.workspace} said={asked.said} />}
    </section>
  )
}

function laneOfId(workspace: Workspace, id: string | undefined): string | null {
  const device = id === undefined ? undefined : findDevice(workspace, id)
  return device === undefined ? null : laneOf(workspace, device)
}

function leadOf({ goals = [] }: Workspace, { before, after }: Extract<WhatIf, { ok: true }>): string {
  const concerned = goals.filter(({ device }) => Object.hasOwn(after.devices, device))
  return leadSentences(gainsBetween(before, after, USUAL_TOLERANCE), judgeGoals(concerned, after), USUAL_TOLERANCE)
}

function Answer({ workspace, said }: { readonly workspace: Workspace; readonly said: WhatIf }) {
  if (!said.ok) return <Note tone="danger">{said.message}</Note>
  return (
    <>
      <p className={styles.words}>{leadOf(workspace, said)}</p>
      <table className={`${styles.table} ${styles.gains}`} aria-label="What the move would change">
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col">IOPS</th>
            <th scope="col">Wait p99</th>
          </tr>
        </thead>
        <tbody>
          {gainsBetween(said.before, said.after, USUAL_TOLERANCE).map((gain) => (
            <GainRow key={gain.device} gain={gain} />
          ))}
        </tbody>
      </table>
    </>
  )
}

function GainRow({ gain: { device, before, after, verdict } }: { readonly gain: DeviceGain }) {
  const wait = (ns: number | null) => (ns === null ? '–' : formatDurationNs(ns))
  return (
    <tr>
      <th scope="row">{device}</th>
      <td data-verdict={verdict}>
        <del>{formatIops(before.iops)}</del> {formatIops(after.iops)}
      </td>
      <td data-verdict={verdict}>
        <del>{wait(before.waitP99Ns)}</del> {wait(after.waitP99Ns)}
      </td>
    </tr>
  )
}
