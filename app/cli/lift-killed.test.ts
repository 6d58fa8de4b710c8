import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildForTests } from '#main/iothread/testing/build-for-tests.ts'
import { CutSocket } from '#main/live/lift/testing/cut-socket.ts'
import { boot, cleanUp, closeAll, PATIENCE_MS } from '#main/live/testing/session.ts'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'

// `weir lift` as a process of its own that is killed at every step: whatever it did, the next start leaves nothing lifted.

let cli: string
beforeAll(async () => {
  cli = path.join(await buildForTests(), 'cli.js')
}, 120_000)
afterEach(closeAll)

interface Said {
  readonly exit: number | null
  readonly out: string
}

class Place {
  readonly state: string
  readonly qemu: RealQemu
  readonly socket: CutSocket

  static async make(): Promise<Place> {
    const folder = await makeTempFolder()
    cleanUp(folder.remove)
    const qemu = await boot()
    const socket = await CutSocket.open((qemu.address as { path: string }).path) // RealQemu's are unix
    cleanUp(() => socket.close())
    return new Place(folder.path, qemu, socket)
  }

  private constructor(state: string, qemu: RealQemu, socket: CutSocket) {
    this.state = state
    this.qemu = qemu
    this.socket = socket
  }

  start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Said> } {
    return this.startInto('pipe', args)
  }

  startInto(output: 'pipe' | number, args: readonly string[]): ReturnType<Place['start']> {
    const env = { ...process.env, XDG_STATE_HOME: this.state }
    const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', output, 'pipe'] })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        out += chunk
      })
    }
    cleanUp(async () => child.kill('SIGKILL'))
    const ended = once(child, 'close').then(([exit]) => ({ exit: exit as number | null, out })) // of 'close': code, signal
    return { child, ended }
  }

  run(...args: readonly string[]): Promise<Said> {
    return this.start(...args).ended
  }

  /** What QEMU itself shows of the two groups with limits. */
  async limits(): Promise<{ readonly d0: string | null; readonly g0: number }> {
    const { d0 = null } = await this.qemu.groups()
    const where = { path: '/objects/g0', property: 'limits' }
    const g0 = ((await this.qemu.outside('qom-get', where)) as { 'iops-total': number })['iops-total']
    return { d0, g0 }
  }

  records(): readonly string[] {
    return readdirSync(path.join(this.state, 'weir/lifts'))
  }
}

const WHOLE = { d0: 'gold', g0: 50 }
const LIFTED = { d0: null, g0: 0 }

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  const steps = [1, 2, 3, 4].flatMap((number) => [
    { number, when: 'before' as const, next: ['lift', '--restore'] },
    { number, when: 'after' as const, next: ['capture', '--vm', 'ADDR'] },
  ])
  test.each(steps)(
    'kill -9 $when command $number: nothing is lifted after the next start, by $next',
    async ({ number, when, next }) => {
      const place = await Place.make()
      const { child, ended } = place.start('lift', place.socket.address, '--for', '1s')
      place.socket.point = { number, when, cut: () => child.kill('SIGKILL') }
      expect((await ended).exit).toBeNull()
      const seen = await place.limits()
      const done = when === 'after' ? number : number - 1
      expect([seen.d0 === null, seen.g0 === 0].filter(Boolean)).toHaveLength(done <= 2 ? done : 4 - done)
      const { exit, out } = await place.run(...next.map((word) => (word === 'ADDR' ? place.socket.address : word)))
      expect({ exit, ...(await place.limits()) }, out).toEqual({ exit: 0, ...WHOLE })
      expect(place.records()).toEqual([])
    },
    PATIENCE_MS,
  )

  test(
    'kill -9 while it waits: another command says so, and the next one for VMs puts back',
    async () => {
      const place = await Place.make()
      const { child, ended } = place.start('lift', place.socket.address, '--for', '1h')
      await new Promise((resolve) => child.stdout?.once('data', resolve))
      while (!Object.is((await place.limits()).g0, 0) || (await place.limits()).d0 !== null) {}
      expect((await place.run('lift', '--restore')).out).toContain(`is lifted by process ${child.pid}`)
      expect((await place.run('lift', place.socket.address, '--for', '1h')).exit).toBe(2)
      expect(await place.limits()).toEqual(LIFTED)
      child.kill('SIGKILL')
      await ended
      expect((await place.run('check', 'nothing.weir.json')).out).toContain(
        `weir lift ${place.socket.address} --restore`,
      )
      expect(await place.limits()).toEqual(LIFTED)
      expect((await place.run('capture', '--vm', place.socket.address)).exit).toBe(0)
      expect(await place.limits()).toEqual(WHOLE)
    },
    PATIENCE_MS,
  )

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s puts back at once',
    async (signal) => {
      const place = await Place.make()
      const { child, ended } = place.start('lift', place.socket.address, '--for', '1h')
      let out = ''
      await new Promise<void>((resolve) => {
        child.stdout?.on('data', (chunk) => {
          out += chunk
          if (out.includes('Ctrl-C')) resolve()
        })
      })
      expect(await place.limits()).toEqual(LIFTED)
      child.kill(signal)
      const said = await ended
      expect({ exit: said.exit, ...(await place.limits()) }, said.out).toEqual({ exit: 0, ...WHOLE })
      expect(said.out).toContain('put back  gold: IOPS 100')
      expect(place.records()).toEqual([])
    },
    PATIENCE_MS,
  )

  test.each(['whose reader has gone', 'on a full disk'])(
    'an output %s ends a lift as a signal does: nothing stays lifted',
    async (which) => {
      const place = await Place.make()
      const isFull = which === 'on a full disk'
      const full = isFull ? openSync('/dev/full', 'w') : null
      const { child, ended } = place.startInto(full ?? 'pipe', ['lift', place.socket.address, '--for', '1h'])
      if (full !== null) closeSync(full)
      child.stdout?.destroy()
      const said = await ended
      expect({ exit: said.exit, ...(await place.limits()) }, said.out).toEqual({ exit: isFull ? 3 : 0, ...WHOLE })
      expect(place.records()).toEqual([])
    },
    PATIENCE_MS,
  )
})
