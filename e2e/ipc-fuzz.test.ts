import { REQUESTS } from '#shared/ipc/contract.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

// A page that was taken over can send what it likes. Every channel gets garbage of many kinds: each answer is an error or
// a refusal, nothing hangs, nothing breaks, and the board goes on. Dialogs are answered with Cancel, as a user would.

const CHANNELS = [...Object.keys(REQUESTS), '__proto__', 'constructor', 'toString', '', 'board/', 'weir/request']

/** Channels that take no payload do their work for null: they are asked with everything but null. */
const WITHOUT_PAYLOAD = new Set(
  Object.entries(REQUESTS)
    .filter(([, schema]) => schema.safeParse(null).success)
    .map(([channel]) => channel),
)

test('garbage on every channel is refused and the board goes on', async ({ launch }) => {
  test.setTimeout(120_000)
  const { app, page, board } = await launch({ files: [EXAMPLE], run: true })
  await board.shown()
  await app.evaluate(({ dialog }) => {
    dialog.showOpenDialog = async () => ({ canceled: true, filePaths: [] })
    dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' })
    dialog.showMessageBox = async () => ({ response: 2, checkboxChecked: false })
  })
  const outcome = await page.evaluate(
    async ({ channels, withoutPayload }) => {
      const cycle: Record<string, unknown> = {}
      cycle.workspace = cycle
      const nested = (levels: number) => {
        let value: unknown = 1
        for (let level = 0; level < levels; level += 1) value = [value]
        return value
      }
      // The bridge itself refuses the deeper one.
      const deep = nested(900)
      const tooDeep = nested(5000)
      let bush: unknown = 1
      for (let level = 0; level < 30; level += 1) bush = { left: bush, right: bush }
      const long = 'x'.repeat(100_000)
      const garbage: unknown[] = [
        undefined,
        0,
        -1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        2 ** 53,
        true,
        '',
        long,
        '\u0000',
        [],
        {},
        [null],
        { ['__proto__']: { polluted: true } },
        JSON.parse('{"__proto__": {"polluted": true}}'),
        { constructor: { prototype: { polluted: true } } },
        { workspace: null },
        { workspace: null, revision: 0 },
        { workspace: bush, revision: 0 },
        { workspace: cycle, revision: 0 },
        { workspace: deep, revision: 0 },
        { workspace: { format: 'weir-workspace/1', groups: null, devices: [] }, revision: 0 },
        { workspace: { format: 'weir-workspace/1', groups: {}, devices: [{ id: '__proto__' }] }, revision: 0 },
        { workspace: { format: 'weir-workspace/9', groups: {}, devices: [] }, revision: 1e9 },
        { workspace: 1, revision: 1, durationS: 1e300, sampleS: 1e-300, run: 0 },
        { action: 'explode' },
        { mode: ['lab'] },
        { index: 1.5 },
        { index: 31 },
        { id: '../../../etc/passwd' },
        { path: '/etc/passwd' },
        { path: '../../etc/passwd' },
        { address: 'unix:/nonexistent/qmp.sock' },
        { address: `tcp:${long}` },
        { address: 'http://[::1' },
        { purpose: 'shell' },
        { suggestedName: '../../x', text: 7 },
        { files: [{ name: '../../x', text: {} }] },
        { theme: 'dark', units: 'binary', samplePeriodMs: 0, zoomPercent: 1e9, reducedMotion: 'no' },
        cycle,
        deep,
        tooDeep,
        bush,
        new Map([[1, 2]]),
        new Date(0),
        new Uint8Array(1000),
        /x/,
      ]
      // The contract's own types would stop this at compile time; a hijacked page has none.
      const weir = (window as unknown as { weir: { invoke(channel: unknown, payload: unknown): Promise<unknown> } })
        .weir
      const ask = async (channel: unknown, payload: unknown) => ({ value: await weir.invoke(channel, payload) })
      const accepted: string[] = []
      let refused = 0
      for (const channel of [...channels, null, 7, {}, undefined]) {
        for (const [index, payload] of garbage.entries()) {
          const answer = await Promise.race([
            ask(channel, payload).catch(() => null),
            new Promise<'hangs'>((resolve) => setTimeout(() => resolve('hangs'), 20_000)),
          ])
          if (answer === 'hangs') accepted.push(`${String(channel)} hangs on ${index}`)
          else if (answer === null) refused += 1
          else {
            const { value } = answer
            const isRefusal = typeof value === 'object' && value !== null && 'ok' in value && value.ok === false
            const hasIssues =
              typeof value === 'object' && value !== null && 'issues' in value && value.issues !== undefined
            const isExpected = isRefusal || (hasIssues && (value.issues as unknown[]).length > 0)
            if (!isExpected && !withoutPayload.includes(String(channel))) {
              accepted.push(`${String(channel)} takes ${index}: ${JSON.stringify(value)?.slice(0, 80)}`)
            }
          }
        }
      }
      return { accepted, refused, polluted: String(({} as { polluted?: boolean }).polluted) }
    },
    { channels: CHANNELS, withoutPayload: [...WITHOUT_PAYLOAD] },
  )
  expect(outcome.accepted).toEqual([])
  expect(outcome.polluted).toBe('undefined')
  expect(outcome.refused).toBeGreaterThan(1000)
  expect(await app.evaluate(() => String(({} as { polluted?: boolean }).polluted))).toBe('undefined')
  await board.snapshots(5)
  await expect(board.button('Pause')).toBeVisible()
})
