import type { AccuracyRow, SlowMemberRow } from './measure-accuracy.ts'
import type { CostTables, LevelsRow, ScalingRow } from './measure-cost.ts'
import type { FrontierRow } from './measure-frontier.ts'
import type { HostRow } from './measure-host.ts'
import type { IdleRow, ManyRow } from './measure-many.ts'
import type { SimulationRow } from './measure-simulation.ts'
import type { StartRow } from './measure-start.ts'
import type { DepthRow, UnthrottledRow } from './measure-unthrottled.ts'

/** What each measure found. */
export interface Measured {
  readonly unthrottled: readonly UnthrottledRow[]
  readonly depth: readonly DepthRow[]
  readonly cost: CostTables
  readonly levels: readonly LevelsRow[]
  readonly scaling: readonly ScalingRow[]
  readonly accuracy: readonly AccuracyRow[]
  readonly slowMember: readonly SlowMemberRow[]
  readonly idle: IdleRow | null
  readonly many: ManyRow | null
  readonly start: readonly StartRow[]
  readonly simulation: readonly SimulationRow[]
  /** Why the simulator has no twin in C beside it; null: it has. */
  readonly noTwin: string | null
  readonly frontier: FrontierRow
  readonly host: HostRow | null
}
