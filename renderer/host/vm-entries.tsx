import { ChartSpline, SquareArrowOutUpRight } from 'lucide-react'
import { useHost } from '../store/host.ts'
import type { MenuEntry } from '../ui/menu-entry.ts'
import { chooseFor, openVm, setPercentiles } from './open-vm.ts'

/** What can be done with the current VM of the table. */
export function vmEntries(): readonly MenuEntry[] {
  const { current, host } = useHost.getState()
  const vm = current?.vm
  if (vm === undefined) return []
  const histograms = host?.histograms[vm.id]
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
    { kind: 'separator' },
    {
      kind: 'check',
      label: 'Measure latency percentiles',
      checked: histograms?.isOn ?? false,
      onChange: (isOn) => setPercentiles(vm.id, isOn),
      // What it says is of the moment in which it was opened.
      closes: true,
      disabled: histograms === undefined,
    },
  ]
}
