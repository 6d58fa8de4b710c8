import { memo } from 'react'
import { announce, useUi } from '../store/ui.ts'
import { PresetMenu } from '../ui/PresetMenu.tsx'
import type { LimitEditor } from './limit-editor.ts'

interface Props {
  readonly group: string
  readonly editor: LimitEditor
}

/** Taking ready-made limits replaces all limits of the group: one step for Undo. */
export const PresetPicker = memo(function PresetPicker({ group, editor }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const clear = () => {
    editor.change('No limits', () => ({}))
    announce(`${group} has no limits.`)
  }
  return (
    <PresetMenu
      units={units}
      onTake={(preset, limits) => {
        editor.change(`${preset.title} limits`, () => limits)
        announce(`${group} has the limits of ${preset.title}.`)
      }}
      more={{
        title: 'No limits',
        description: <>Takes all limits of {group} away; its devices stay in it</>,
        onTake: clear,
      }}
    />
  )
})
