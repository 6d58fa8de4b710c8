import path from 'node:path'
import { stateFolder } from '#main/state-folder.ts'

// A systemd timer for those who want limits back even when nobody starts Weir again. It is printed, not installed.

/** Two units in one text, each under the name it is to have. */
export function timerUnits(): string {
  const program = [process.execPath, process.argv[1] ?? 'weir'].map(systemdWord).join(' ')
  return `# /etc/systemd/system/weir-lift-restore.service
[Unit]
Description=Put back limits that were lifted by a Weir that has ended

[Service]
Type=oneshot
Environment=${systemdWord(`XDG_STATE_HOME=${path.dirname(stateFolder())}`)}
ExecStart=${program} lift --restore
# 1: someone had changed the limits since, and those were kept.
SuccessExitStatus=1

# /etc/systemd/system/weir-lift-restore.timer
[Unit]
Description=Put back lifted limits every minute and after a start

[Timer]
OnBootSec=1min
OnUnitActiveSec=1min

[Install]
WantedBy=timers.target

# then: systemctl daemon-reload && systemctl enable --now weir-lift-restore.timer
`
}

/** systemd expands % and $ and takes quotes as C does. */
function systemdWord(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
