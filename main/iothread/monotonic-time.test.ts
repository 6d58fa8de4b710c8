import fs from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { MonotonicTime } from './monotonic-time.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('the wall clock may jump: time goes on as it did', () => {
  const epoch = process.hrtime.bigint()
  const time = new MonotonicTime(epoch)
  vi.useFakeTimers({ toFake: ['Date'] })
  const readings: number[] = []
  for (const jump of ['2001-01-01', '2099-01-01', '2026-01-01']) {
    vi.setSystemTime(new Date(jump))
    readings.push(time.nowNs())
    // A thread that starts after the jump agrees with those that ran before.
    const lateNs = Math.abs(new MonotonicTime(epoch).nowNs() - Number(process.hrtime.bigint() - epoch))
    expect(lateNs).toBeLessThan(50e6)
  }
  expect(readings).toEqual([...readings].sort((a, b) => a - b))
  expect(readings[2]! - readings[0]!).toBeLessThan(1e9)
})

test('nothing that measures or waits in the engine reads the wall clock', () => {
  const main = path.resolve(import.meta.dirname, '..')
  const readers: string[] = []
  for (const folder of ['throttle', 'load', 'stats', 'device', 'iothread', 'lab', 'simulate']) {
    for (const name of fs.readdirSync(path.join(main, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue
      const text = fs.readFileSync(path.join(main, folder, name), 'utf8')
      if (/\bDate\b(?=[.(])|\btimeOrigin\b/.test(text)) readers.push(`${folder}/${name}`)
    }
  }
  expect(readers).toEqual([])
})
