import { Plus, X } from 'lucide-react'
import { type BlockShare, MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { common } from './common.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { bytesText, decimalText, type FieldText } from './field-text.ts'
import { BLOCK_SCALE } from './scales.ts'
import type { SyntheticProps } from './synthetic-props.ts'
import { ValueRow } from './ValueRow.tsx'
import styles from './WorkloadPanel.module.css'

const MAX_SHARES = 32
const WEIGHT = decimalText({ min: 0.001, max: 1e6 }, '')

/** One block size, or several with weights. */
export function BlockFields({ ids, loads, editor }: SyntheticProps) {
  const units = useUi((ui) => ui.settings.units)
  const size = bytesText({ min: 512, max: MAX_REQUEST_BYTES }, units)
  const first = sharesOf(loads[0]?.blockBytes ?? 4096)
  const isMix = loads.some(({ blockBytes }) => typeof blockBytes !== 'number')
  const shares = common(loads, ({ blockBytes }) => sharesOf(blockBytes))
  const set = (blockBytes: number | readonly BlockShare[]) =>
    editor.synthetic('Block size', (load) => ({ ...load, blockBytes }))
  const issues = <FieldIssues ids={ids} part="workload.blockBytes" />
  if (!isMix) {
    return (
      <ValueRow
        label="Block size"
        value={common(loads, ({ blockBytes }) => blockBytes) as number | null} // no load is a mix
        first={first[0]?.bytes ?? 4096}
        scale={BLOCK_SCALE}
        text={size}
        onChange={set}
        onGesture={(phase) => editor.gesture('Block size', phase)}
        below={
          <>
            {issues}
            <Button size="s" variant="quiet" onClick={() => set(withAnother(first))}>
              <Plus /> Mix several sizes
            </Button>
          </>
        }
      />
    )
  }
  return (
    <FieldRow label="Block sizes" hint="with weights" below={issues}>
      <SizeMix shares={shares ?? first} size={size} onChange={set} />
    </FieldRow>
  )
}

interface MixProps {
  readonly shares: readonly BlockShare[]
  readonly size: FieldText
  readonly onChange: (blockBytes: number | readonly BlockShare[]) => void
}

function SizeMix({ shares, size, onChange }: MixProps) {
  const change = (index: number, part: Partial<BlockShare>) =>
    onChange(shares.map((share, at) => (at === index ? { ...share, ...part } : share)))
  return (
    <div className={styles.mix}>
      {shares.map((share, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a share is its place in the list
        <span key={index} className={styles.pair}>
          <NumberField
            label={`Block size ${index + 1}`}
            value={share.bytes}
            {...size}
            step={(value, towards) => BLOCK_SCALE.step(value, towards, 'small')}
            onCommit={(bytes) => change(index, { bytes })}
          />
          <NumberField
            label={`Weight ${index + 1}`}
            value={share.weight}
            {...WEIGHT}
            width="s"
            onCommit={(weight) => change(index, { weight })}
          />
          <IconButton
            label={`Remove block size ${index + 1}`}
            icon={<X />}
            size="s"
            onClick={() => onChange(without(shares, index))}
          />
        </span>
      ))}
      {shares.length < MAX_SHARES && (
        <Button size="s" variant="quiet" onClick={() => onChange(withAnother(shares))}>
          <Plus /> Another size
        </Button>
      )}
    </div>
  )
}

function sharesOf(blockBytes: number | readonly BlockShare[]): readonly BlockShare[] {
  return typeof blockBytes === 'number' ? [{ bytes: blockBytes, weight: 1 }] : blockBytes
}

function withAnother(shares: readonly BlockShare[]): readonly BlockShare[] {
  const largest = Math.max(...shares.map((share) => share.bytes))
  return [...shares, { bytes: Math.min(MAX_REQUEST_BYTES, largest * 16), weight: 1 }]
}

/** The last but one size makes it a single size again. */
function without(shares: readonly BlockShare[], index: number): number | readonly BlockShare[] {
  const left = shares.filter((_share, at) => at !== index)
  const [only] = left
  return left.length === 1 && only ? only.bytes : left
}
