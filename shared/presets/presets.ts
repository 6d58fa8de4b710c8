import type { Limits } from '../throttle/limits.ts'
import { KIB, MIB } from '../units.ts'

// Limits people know by another name. Data: a provider that changes its figures changes a line here. Figures of cloud
// volumes are the providers' published ones; those of disks are typical of their class, not of one product.

export type PresetFamily = 'Cloud volume' | 'Disk' | 'Tier'

export type Preset = FixedPreset | SizedPreset

interface PresetText {
  readonly id: string
  readonly family: PresetFamily
  readonly title: string
  /** One line: what it is and where its figures come from. */
  readonly description: string
}

export interface FixedPreset extends PresetText {
  readonly kind: 'fixed'
  readonly limits: Limits
}

/** Depends on the size of the volume. */
export interface SizedPreset extends PresetText {
  readonly kind: 'sized'
  readonly minGib: number
  readonly maxGib: number
  readonly defaultGib: number
  readonly limits: (sizeGib: number) => Limits
}

const GP2_BURST_IOPS = 3000
/** 5.4 million credits at 3 000 a second: QEMU's bucket of max × length is exactly Amazon's bucket of credits. */
const GP2_BURST_S = 1800
const AWS_REQUEST_BYTES = 256 * KIB

function gp2Limits(sizeGib: number): Limits {
  const baseline = Math.min(16_000, Math.max(100, Math.round(3 * sizeGib)))
  const bps = (sizeGib <= 170 ? 128 : 250) * MIB
  return {
    'bps-total': bps,
    'iops-total': baseline,
    ...(baseline < GP2_BURST_IOPS
      ? { 'iops-total-max': GP2_BURST_IOPS, 'iops-total-max-length': GP2_BURST_S }
      : undefined),
    'iops-size': AWS_REQUEST_BYTES,
  }
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'aws-gp2',
    family: 'Cloud volume',
    title: 'AWS gp2',
    description: '3 IOPS per GiB, bursts to 3 000 from credits; exactly QEMU’s model',
    kind: 'sized',
    minGib: 1,
    maxGib: 16_384,
    defaultGib: 100,
    limits: gp2Limits,
  },
  {
    id: 'aws-gp3',
    family: 'Cloud volume',
    title: 'AWS gp3',
    description: 'Baseline: 3 000 IOPS and 125 MiB/s at any size, no burst',
    kind: 'fixed',
    limits: { 'bps-total': 125 * MIB, 'iops-total': 3000, 'iops-size': AWS_REQUEST_BYTES },
  },
  {
    id: 'hdd',
    family: 'Disk',
    title: 'Hard disk, 7 200 rpm',
    description: 'About 150 random IOPS and 160 MiB/s; large requests count once per MiB',
    kind: 'fixed',
    limits: { 'bps-total': 160 * MIB, 'iops-total': 150, 'iops-size': MIB },
  },
  {
    id: 'sata-ssd',
    family: 'Disk',
    title: 'SATA SSD',
    description: 'About 90 000 read and 80 000 write IOPS of 4 KiB, 530 and 500 MiB/s',
    kind: 'fixed',
    limits: { 'bps-read': 530 * MIB, 'bps-write': 500 * MIB, 'iops-read': 90_000, 'iops-write': 80_000 },
  },
  {
    id: 'bronze',
    family: 'Tier',
    title: 'Bronze',
    description: '500 IOPS and 40 MiB/s, 1 000 IOPS for half a minute',
    kind: 'fixed',
    limits: { 'bps-total': 40 * MIB, 'iops-total': 500, 'iops-total-max': 1000, 'iops-total-max-length': 30 },
  },
  {
    id: 'silver',
    family: 'Tier',
    title: 'Silver',
    description: '2 000 IOPS and 120 MiB/s, 5 000 IOPS for a minute',
    kind: 'fixed',
    limits: { 'bps-total': 120 * MIB, 'iops-total': 2000, 'iops-total-max': 5000, 'iops-total-max-length': 60 },
  },
  {
    id: 'gold',
    family: 'Tier',
    title: 'Gold',
    description: '8 000 IOPS and 400 MiB/s, 20 000 IOPS for a minute',
    kind: 'fixed',
    limits: { 'bps-total': 400 * MIB, 'iops-total': 8000, 'iops-total-max': 20_000, 'iops-total-max-length': 60 },
  },
]

/** `sizeGib` matters to sized presets only; outside their range the nearest size counts. */
export function presetLimits(preset: Preset, sizeGib: number): Limits {
  if (preset.kind === 'fixed') return preset.limits
  return preset.limits(Math.min(preset.maxGib, Math.max(preset.minGib, sizeGib)))
}
