import { MAX_IODEPTH, type TraceWorkload } from '#shared/workspace/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Switch } from '../ui/Switch.tsx'
import { common } from './common.ts'
import { DraftField } from './DraftField.tsx'
import type { DeviceEditor } from './device-editor.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { countText, decimalText } from './field-text.ts'
import { DEPTH_SCALE } from './scales.ts'
import { chooseTrace } from './trace-file.ts'
import { ValueRow } from './ValueRow.tsx'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly ids: readonly string[]
  readonly loads: readonly TraceWorkload[]
  readonly editor: DeviceEditor
}

const DEPTH = countText({ min: 1, max: MAX_IODEPTH }, '')
const SPEED = decimalText({ min: 0.001, max: 1000 }, '×')

/** Requests recorded elsewhere, played again. */
export function TraceFields({ ids, loads, editor }: Props) {
  const choose = async () => {
    const path = await chooseTrace()
    if (path !== null) editor.trace('Trace', (load) => ({ ...load, path }))
  }
  return (
    <>
      <FieldRow label="Trace file" below={<FieldIssues ids={ids} part="workload.path" />}>
        <span className={styles.pair}>
          <DraftField
            label="Trace file"
            value={common(loads, ({ path }) => path)}
            onCommit={(path) => path !== '' && editor.trace('Trace', (load) => ({ ...load, path }))}
          />
          <Button size="s" onClick={() => void choose()}>
            Choose…
          </Button>
        </span>
      </FieldRow>
      <ValueRow
        label="I/O depth"
        value={common(loads, ({ iodepth }) => iodepth)}
        first={loads[0]?.iodepth ?? 64}
        scale={DEPTH_SCALE}
        text={DEPTH}
        onChange={(iodepth) => editor.trace('I/O depth', (load) => ({ ...load, iodepth }))}
        onGesture={(phase) => editor.gesture('I/O depth', phase)}
      />
      <FieldRow label="Speed">
        <span className={styles.pair}>
          <NumberField
            label="Speed"
            value={common(loads, ({ speed }) => speed)}
            {...SPEED}
            width="s"
            onCommit={(speed) => editor.trace('Speed', (load) => ({ ...load, speed }))}
          />
          <Switch
            label="Start again at its end"
            checked={loads.every(({ loop }) => loop)}
            onChange={(loop) => editor.trace('Repeat', (load) => ({ ...load, loop }))}
          />
          <span aria-hidden="true">start again at its end</span>
        </span>
      </FieldRow>
    </>
  )
}
