import { MAX_IODEPTH, type SyntheticWorkload } from '#shared/workspace/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { ArrivalFields } from './ArrivalFields.tsx'
import { BlockFields } from './BlockFields.tsx'
import { common } from './common.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { countText, percentText } from './field-text.ts'
import { DEPTH_SCALE, PERCENT_SCALE } from './scales.ts'
import type { SyntheticProps } from './synthetic-props.ts'
import { TimingFields } from './TimingFields.tsx'
import { ValueRow } from './ValueRow.tsx'

const PATTERNS: readonly Segment<SyntheticWorkload['pattern']>[] = [
  { value: 'random', label: 'Random' },
  { value: 'sequential', label: 'Sequential' },
]
const PERCENT = percentText()
const DEPTH = countText({ min: 1, max: MAX_IODEPTH }, '')

export function SyntheticFields({ ids, loads, editor }: SyntheticProps) {
  const [first] = loads
  if (first === undefined) return null
  return (
    <>
      <FieldRow label="Pattern">
        <Segmented
          label="Pattern"
          size="s"
          value={common(loads, ({ pattern }) => pattern)}
          segments={PATTERNS}
          onChange={(pattern) => editor.synthetic('Pattern', (load) => ({ ...load, pattern }))}
        />
      </FieldRow>
      <ValueRow
        label="Reads"
        value={common(loads, ({ readPercent }) => readPercent)}
        first={first.readPercent}
        scale={PERCENT_SCALE}
        text={PERCENT}
        onChange={(readPercent) => editor.synthetic('Reads', (load) => ({ ...load, readPercent }))}
        onGesture={(phase) => editor.gesture('Reads', phase)}
      />
      <BlockFields ids={ids} loads={loads} editor={editor} />
      <ValueRow
        label="I/O depth"
        value={common(loads, ({ iodepth }) => iodepth)}
        first={first.iodepth}
        scale={DEPTH_SCALE}
        text={DEPTH}
        onChange={(iodepth) => editor.synthetic('I/O depth', (load) => ({ ...load, iodepth }))}
        onGesture={(phase) => editor.gesture('I/O depth', phase)}
        below={<FieldIssues ids={ids} part="workload.iodepth" />}
      />
      <ArrivalFields ids={ids} loads={loads} editor={editor} />
      <TimingFields ids={ids} loads={loads} editor={editor} />
    </>
  )
}
