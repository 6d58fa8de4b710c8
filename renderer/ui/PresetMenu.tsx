import { ChevronDown } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { PRESETS, type Preset, type PresetFamily, presetLimits, type SizedPreset } from '#shared/presets/presets.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { type ByteUnits, formatInteger, GIB, parseQuantity } from '#shared/units.ts'
import { Button } from './Button.tsx'
import { NumberField } from './NumberField.tsx'
import { Popover } from './Popover.tsx'
import styles from './PresetMenu.module.css'

interface Props {
  /** How sizes are written. */
  readonly units: ByteUnits
  /** Left out: all of them. */
  readonly isOffered?: (limits: Limits) => boolean
  readonly onTake: (preset: Preset, limits: Limits) => void
  /** One more choice below them. */
  readonly more?: { readonly title: string; readonly description: ReactNode; readonly onTake: () => void }
}

const FAMILIES: readonly PresetFamily[] = ['Cloud volume', 'Disk', 'Tier']

/** Limits by the name people know them by. */
export function PresetMenu({ units, isOffered = () => true, onTake, more }: Props) {
  const [open, setOpen] = useState(false)
  const take = (preset: Preset, sizeGib: number) => {
    onTake(preset, presetLimits(preset, sizeGib))
    setOpen(false)
  }
  const offered = PRESETS.filter((preset) =>
    isOffered(presetLimits(preset, preset.kind === 'sized' ? preset.defaultGib : 0)),
  )
  const families = FAMILIES.filter((family) => offered.some((preset) => preset.family === family))
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
      {families.map((family) => (
        <section key={family} className={styles.family} aria-label={family}>
          <h3>{family}</h3>
          {offered
            .filter((preset) => preset.family === family)
            .map((preset) =>
              preset.kind === 'sized' ? (
                <SizedChoice key={preset.id} preset={preset} units={units} onTake={take} />
              ) : (
                <button key={preset.id} type="button" className={styles.choice} onClick={() => take(preset, 0)}>
                  <b>{preset.title}</b>
                  <small>{preset.description}</small>
                </button>
              ),
            )}
        </section>
      ))}
      {more && (
        <section className={styles.family} aria-label={more.title}>
          <button
            type="button"
            className={styles.choice}
            onClick={() => {
              more.onTake()
              setOpen(false)
            }}
          >
            <b>{more.title}</b>
            <small>{more.description}</small>
          </button>
        </section>
      )}
    </Popover>
  )
}

interface SizedProps {
  readonly preset: SizedPreset
  readonly units: ByteUnits
  readonly onTake: (preset: Preset, sizeGib: number) => void
}

function SizedChoice({ preset, units, onTake }: SizedProps) {
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
