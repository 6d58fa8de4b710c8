import { ChartSpline, SquareArrowOutUpRight } from 'lucide-react'
import { useHost } from '../store/host.ts'
import type { MenuEntry } from '../ui/menu-entry.ts'
import { chooseFor, openVm } from './open-vm.ts'

/** What can be done with the current VM of the table. */
export function vmEntries(): readonly MenuEntry[] {
  const vm = useHost.getState().current?.vm
  if (vm === undefined) return []
  return [
    {
      kind: 'item',
      label: 'Open board',
      icon: <SquareArrowOutUpRight />,
      shortcut: 'Enter',
      onSelect: () => openVm(vm.id),
    },
    {
      kind: 'item',
      label: 'Choose limits…',
      hint: 'On its board, for what the table showed of it.',
      icon: <ChartSpline />,
      shortcut: 'C',
      onSelect: () => chooseFor(vm),
    },
  ]
}
