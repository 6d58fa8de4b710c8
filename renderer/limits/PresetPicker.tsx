import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { PRESETS, type Preset, type PresetFamily, presetLimits, type SizedPreset } from '#shared/presets/presets.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { formatInteger, GIB, parseQuantity } from '#shared/units.ts'
import { announce, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Popover } from '../ui/Popover.tsx'
import type { LimitEditor } from './limit-editor.ts'
import styles from './PresetPicker.module.css'

interface Props {
  readonly group: string
  readonly editor: LimitEditor
}

const FAMILIES: readonly PresetFamily[] = ['Cloud volume', 'Disk', 'Tier']

/** Limits by the name people know them by. Taking one replaces all limits of the group: one step for Undo. */
export function PresetPicker({ group, editor }: Props) {
  const [open, setOpen] = useState(false)
  const take = (preset: Preset, sizeGib: number) => {
    editor.change(`${preset.title} limits`, () => presetLimits(preset, sizeGib))
    announce(`${group} has the limits of ${preset.title}.`)
    setOpen(false)
  }
  const clear = () => {
    editor.change('No limits', () => ({}))
    announce(`${group} has no limits.`)
    setOpen(false)
  }
  return (
    <Popover
      label="Ready-made limits"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="s">
          Ready-made
          <ChevronDown />
        </Button>
      }
    >
      {FAMILIES.map((family) => (
        <section key={family} className={styles.family} aria-label={family}>
          <h3>{family}</h3>
          {PRESETS.filter((preset) => preset.family === family).map((preset) =>
            preset.kind === 'sized' ? (
              <SizedChoice key={preset.id} preset={preset} onTake={take} />
            ) : (
              <button key={preset.id} type="button" className={styles.choice} onClick={() => take(preset, 0)}>
                <b>{preset.title}</b>
                <small>{preset.description}</small>
              </button>
            ),
          )}
        </section>
      ))}
      <section className={styles.family} aria-label="None">
        <button type="button" className={styles.choice} onClick={clear}>
          <b>No limits</b>
          <small>Takes all limits of {group} away; its devices stay in it</small>
        </button>
      </section>
    </Popover>
  )
}

function SizedChoice({ preset, onTake }: { preset: SizedPreset; onTake: (preset: Preset, sizeGib: number) => void }) {
  const units = useUi((ui) => ui.settings.units)
  const [sizeGib, setSizeGib] = useState(preset.defaultGib)
  return (
    <div className={styles.sized}>
      <button type="button" className={styles.choice} onClick={() => onTake(preset, sizeGib)}>
        <b>{preset.title}</b>
        <small>{preset.description}</small>
        <small className={styles.outcome}>{limitsInWords(presetLimits(preset, sizeGib), units)}</small>
      </button>
      <NumberField
        label={`${preset.title} size`}
        value={sizeGib}
        width="s"
        format={(value) => ({ value: formatInteger(value), unit: 'GiB' })}
        parse={(text) => parseGib(text, preset)}
        step={(value, towards) => clampSize(preset, towards === 'up' ? value * 2 : Math.round(value / 2))}
        onCommit={setSizeGib}
      />
    </div>
  )
}

/** `500`, `500 GiB`, `2 TiB`. */
function parseGib(text: string, preset: SizedPreset): number | { readonly problem: string } {
  const plain = /^[\d\s\u2009]+$/.test(text.trim())
  const bytes = parseQuantity(plain ? `${text}GiB` : text, 'bytes')
  if (bytes !== null && typeof bytes !== 'number') return bytes
  const gib = bytes === null ? Number.NaN : Math.round(bytes / GIB)
  if (gib >= preset.minGib && gib <= preset.maxGib) return gib
  return { problem: `${preset.minGib} GiB to ${preset.maxGib / 1024} TiB` }
}

function clampSize(preset: SizedPreset, gib: number): number {
  return Math.min(preset.maxGib, Math.max(preset.minGib, gib))
}
