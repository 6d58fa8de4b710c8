import type { SyntheticWorkload } from '#shared/workspace/workspace.ts'
import type { DeviceEditor } from './device-editor.ts'

/** The loads that the fields of a synthetic load edit together, those of the devices `ids`. */
export interface SyntheticProps {
  readonly ids: readonly string[]
  readonly loads: readonly SyntheticWorkload[]
  readonly editor: DeviceEditor
}
