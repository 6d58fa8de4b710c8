import { issuesAt, useWorkspace } from '../store/workspace.ts'
import { Note } from '../ui/Note.tsx'

interface Props {
  readonly ids: readonly string[]
  /** Below the device: `workload.rateIops`. */
  readonly part: string
}

/** What the engine said against a field of these devices. */
export function FieldIssues({ ids, part }: Props) {
  const issues = useWorkspace((state) => state.issues)
  const devices = useWorkspace((state) => state.workspace.devices)
  if (issues.length === 0) return null
  const told = devices.flatMap((device, index) =>
    ids.includes(device.id)
      ? issuesAt(issues, `devices[${index}].${part}`).map(({ message }) =>
          ids.length === 1 ? message : `${device.id}: ${message}`,
        )
      : [],
  )
  if (told.length === 0) return null
  return (
    <Note tone="danger">
      {told.map((message) => (
        <p key={message}>{message}.</p>
      ))}
    </Note>
  )
}
