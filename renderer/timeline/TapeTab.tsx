import { Copy, ScrollText } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { type SentCommand, useTape } from '../store/tape.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { CommandLines } from './CommandLines.tsx'
import styles from './TapeTab.module.css'
import { copyCommands } from './take-away.ts'
import type { TapeEntry } from './tape.ts'
import { useTapeEntries } from './use-tape.ts'

const AT_ONCE = 60

/** Every change as the exact command it is, the newest at the top. */
export function TapeTab() {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  return isLive ? <LiveTape /> : <StepTape />
}

function StepTape() {
  const entries = useTapeEntries()
  const names = useNames()
  const [shown, setShown] = useState(AT_ONCE)
  if (entries.length === 0) {
    return (
      <EmptyState icon={<ScrollText />} title="No changes yet">
        Move a slider or drag a device: the commands that QEMU would need appear here, ready to be copied.
      </EmptyState>
    )
  }
  const newest = [...entries].reverse()
  return (
    <ol className={styles.tape} aria-label="QMP commands of the changes" reversed>
      {newest.slice(0, shown).map((entry) => (
        <Entry key={entry.key} entry={entry} names={names} />
      ))}
      {newest.length > shown && (
        <li className={styles.more}>
          <Button size="s" variant="quiet" onClick={() => setShown(shown + AT_ONCE)}>
            {newest.length - shown} earlier changes
          </Button>
        </li>
      )}
    </ol>
  )
}

function Entry({ entry, names }: { readonly entry: TapeEntry; readonly names: ReadonlySet<string> }) {
  return (
    <li className={styles.entry} data-undone={entry.isUndone || undefined}>
      <div className={styles.head}>
        <span>{entry.label}</span>
        {entry.isUndone && <Badge>undone</Badge>}
        <IconButton
          label={`Copy the ${entry.lines.length === 1 ? 'command' : 'commands'} of ${entry.label}`}
          icon={<Copy />}
          size="s"
          onClick={() => copyCommands(entry.lines)}
        />
      </div>
      <CommandLines lines={entry.lines} names={names} />
      {entry.remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
    </li>
  )
}

/** What was sent to the VM with its answers, and above it what Apply would send. */
function LiveTape() {
  const planned = useUi((ui) => ui.qemu?.plan.commands)
  const sent = useTape((state) => state.sent)
  const names = useNames()
  const isStaged = planned !== undefined && planned.length > 0
  if (!isStaged && sent.length === 0) {
    return (
      <EmptyState icon={<ScrollText />} title="Nothing sent yet">
        Changes are staged first. What Apply would send appears here before it goes, and the answers afterwards.
      </EmptyState>
    )
  }
  return (
    <ol className={styles.tape} aria-label="QMP commands" reversed>
      {isStaged && (
        <li className={styles.entry} data-staged>
          <div className={styles.head}>
            <span>Apply would send</span>
            <Badge tone="warn">staged</Badge>
            <IconButton
              label="Copy the staged commands"
              icon={<Copy />}
              size="s"
              onClick={() => copyCommands(planned)}
            />
          </div>
          <CommandLines lines={planned} names={names} />
        </li>
      )}
      {[...sent]
        .reverse()
        .slice(0, AT_ONCE * 4)
        .map((command) => (
          <SentEntry key={command.id} command={command} names={names} />
        ))}
    </ol>
  )
}

function SentEntry({ command, names }: { readonly command: SentCommand; readonly names: ReadonlySet<string> }) {
  return (
    <li className={styles.entry}>
      <div className={styles.head}>
        <span>Apply {command.batch}</span>
        <Badge tone={command.ok ? 'ok' : 'danger'}>{command.ok ? 'done' : 'failed'}</Badge>
        <IconButton
          label="Copy this command"
          icon={<Copy />}
          size="s"
          onClick={() => copyCommands([command.command])}
        />
      </div>
      <CommandLines lines={[command.command]} names={names} />
      {command.answer !== '' && <code className={styles.answer}>← {command.answer}</code>}
    </li>
  )
}

function useNames(): ReadonlySet<string> {
  const groups = useWorkspace(useShallow((state) => Object.keys(state.workspace.groups)))
  const devices = useWorkspace(useShallow((state) => state.workspace.devices.map((device) => device.id)))
  return useMemo(() => new Set([...groups, ...devices]), [groups, devices])
}
