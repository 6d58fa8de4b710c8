import type { Result } from '#shared/issue.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import type { Format, Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, newMachines } from '../machines.ts'
import { newQemuModel } from '../qemu/qemu-model.ts'
import { draftOfModel } from '../qemu/qemu-model-draft.ts'
import { playSteps } from '../qemu/qmp-read.ts'
import { checkText } from '../text/guard.ts'
import { parseJsonStream } from '../text/json-stream.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { noteCommand, noteReply, Sessions } from './libvirtd-sessions.ts'

// libvirtd's debug log (log_filters="1:qemu.qemu_monitor", or "1:qemu"), also as journald has it: what libvirt sent to the
// monitors of its QEMUs, and their answers, as libvirt 9.0 and 12.9 write them:
//
//   … qemuMonitorOpenInternal:647 : QEMU_MONITOR_NEW: mon=0x7fb4bc010740 fd=29
//   … qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0x7fb4bc010740 msg={"execute":…,"id":"libvirt-407"}
//    fd=-1
//   … qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=0x7fb4bc010740 reply={"return": {}, "id": "libvirt-407"}
//
// What QEMU was given on its command line is not in it, such as filters and their groups.

const LOG_LINE = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: \d+: (?:debug|info|warning|error) : /
const MONITOR = /QEMU_MONITOR_(NEW|CLOSE|SEND_MSG|IO_WRITE|RECV_REPLY): mon=(0x[0-9a-f]+)(?: (?:msg|buf|reply)=(.*))?/
/** With `1:qemu` the log tells whose monitor it is. */
const NAMED = /mon=(0x[0-9a-f]+) vm=0x[0-9a-f]+(?: name=([^\s)]+)|\(([^\s)]+)\))/
/** libvirt's own monitor, in what query-chardev answers. */
const SOCKET = /\/domain-(\d+)-([^/"]+)\/monitor\.sock/
/** What follows a command on a line of its own. */
const REST = /^ (?:fd=-?\d+|len=\d+ ret=-?\d+ errno=\d+)$/
const CONCERNS_DISKS =
  /^(?:block_set_io_throttle|object-add|object-del|qom-set|qom-get|blockdev-.*|device_add|query-block|human-monitor-command)$/

function readLibvirtdLog(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  const sessions = new Sessions()
  for (const [index, line] of checked.value.split(/\r?\n/).entries())
    readLine(machines.common, sessions, line, index + 1)
  for (const { name, steps, starts } of sessions.qemus) {
    // On other monitors libvirt only looks what a QEMU can do.
    if (!steps.some(({ command }) => CONCERNS_DISKS.test(command))) continue
    const draft = draftOf(machines, name)
    draft.name = name
    draft.isHistory = true
    if (starts > 1)
      draft.notes.push(`${name} was started ${starts} times in this log; it is read as of the last start.`)
    const model = newQemuModel()
    playSteps(draft, model, steps)
    draftOfModel(draft, model, 'only-attached')
  }
  return finishMachines(machines, options)
}

function readLine(draft: Draft, sessions: Sessions, line: string, number: number): void {
  const monitor = MONITOR.exec(line)
  if (monitor !== null) {
    readMonitorLine(draft, sessions, monitor, number)
    return
  }
  const [, address, name, other] = NAMED.exec(line) ?? []
  if (address !== undefined) sessions.of(address).domain = name ?? other ?? null
  else if (!LOG_LINE.test(line) && !REST.test(line)) reportThrottling(draft, `line ${number}`, line)
}

function readMonitorLine(draft: Draft, sessions: Sessions, monitor: RegExpExecArray, line: number): void {
  const [, kind, address = '', said = ''] = monitor
  if (kind === 'NEW' || kind === 'CLOSE') {
    sessions.end(address)
    return
  }
  const session = sessions.of(address)
  if (kind === 'RECV_REPLY') {
    const [, start, domain] = SOCKET.exec(said) ?? []
    if (domain !== undefined) Object.assign(session, { domain, start: Number(start) })
    noteReply(session, said, (command) => CONCERNS_DISKS.test(command))
    return
  }
  // Older ones write the end of the line as QMP has it.
  const stream = parseJsonStream(said.replace(/\\r\\n.*$/, ''))
  const part = stream.ok ? stream.value.parts[0] : undefined
  if (part !== undefined) noteCommand(session, part, line)
  else notUnderstood(draft, `line ${line}`, `${JSON.stringify(said.slice(0, 80))} is not a whole QMP command`)
}

function detectLibvirtdLog(text: string): number {
  return LOG_LINE.test(text.slice(0, 8192)) ? 0.96 : 0
}

export const libvirtdLog: Format = {
  id: 'libvirtd-log',
  title: 'libvirtd log',
  family: 'libvirt',
  direction: 'in',
  fileExtension: '.log',
  note: 'the QMP commands in libvirtd’s debug log, with QEMU’s answers',
  options: [],
  read: readLibvirtdLog,
  detect: detectLibvirtdLog,
}
