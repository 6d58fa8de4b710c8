import type { QmpTimeouts } from '#main/qmp/qmp-client.ts'
import { RealQemu } from '#main/qmp/testing/real-qemu.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { QemuSession } from '../qemu-session.ts'
import type { QemuSessionOptions } from '../session-options.ts'

// A session that is attached to a real QEMU with disks of both styles, and what to wait for in it.

export const PATIENCE_MS = 60_000
/** Short enough to wait for, long enough for a busy machine. */
export const SHORT: QmpTimeouts = { connectMs: 5000, greetingMs: 2000, commandMs: 3000 }
const cleanups: (() => Promise<unknown>)[] = []

export function cleanUp(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup)
}

export async function closeAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=gold'],
  ...['-device', 'virtio-blk-pci,drive=d0,id=vd0', '-drive', 'if=none,id=d1,driver=null-co'],
  ...[
    '-device',
    'scsi-hd,drive=d1,id=sd1',
    '-object',
    '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":50}}',
  ],
  ...[
    '-blockdev',
    'null-co,node-name=n0,read-zeroes=on',
    '-blockdev',
    'throttle,node-name=t0,throttle-group=g0,file=n0',
  ],
  ...['-device', 'scsi-hd,id=fd0,drive=t0', '-object', 'throttle-group,id=g1'],
]

export async function boot(): Promise<RealQemu> {
  const qemu = await RealQemu.start(ARGS)
  cleanups.push(() => qemu.close())
  return qemu
}

export async function attach(options: QemuSessionOptions): Promise<QemuSession> {
  const session = new QemuSession({ pollMs: 50, timeouts: SHORT, ...options })
  cleanups.push(() => session.close())
  await session.connect()
  return session
}

/** The first state from now on, the present one included, that is as wanted. */
export function stateWhere(session: QemuSession, wanted: (state: QemuState) => boolean): Promise<QemuState> {
  if (wanted(session.state)) return Promise.resolve(session.state)
  return firstOf((resolve) => session.onState(resolve), wanted)
}

export function snapshotWhere(session: QemuSession, wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return firstOf((resolve) => session.onSnapshot(resolve), wanted)
}

function firstOf<T>(listen: (resolve: (value: T) => void) => () => void, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = listen((value) => {
      if (!wanted(value)) return
      stop()
      resolve(value)
    })
  })
}

export const texts = (snapshot: Snapshot) => snapshot.events.map((event) => event.text)
export const stage = async (session: QemuSession, desired: Workspace, revision = 1) => {
  await session.apply(desired, revision)
  return session.state.plan
}
