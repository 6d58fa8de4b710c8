import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Random } from '#main/load/random.ts'
import { saveFile } from './save-file.ts'

let folder: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-save-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => path.join(folder, name)

test('a save replaces the text and leaves nothing else behind', async () => {
  await saveFile(at('a.json'), 'old')
  await saveFile(at('a.json'), 'new')
  expect(fs.readFileSync(at('a.json'), 'utf8')).toBe('new')
  expect(fs.readdirSync(folder)).toEqual(['a.json'])
})

test('a symbolic link stays a link and the file keeps its mode', async () => {
  fs.writeFileSync(at('real.json'), 'old')
  fs.chmodSync(at('real.json'), 0o640)
  fs.symlinkSync('real.json', at('link.json'))
  await saveFile(at('link.json'), 'new')
  expect(fs.readlinkSync(at('link.json'))).toBe('real.json')
  expect(fs.readFileSync(at('real.json'), 'utf8')).toBe('new')
  expect(fs.statSync(at('real.json')).mode & 0o777).toBe(0o640)
})

test('a save into a folder that is gone says so and makes nothing', async () => {
  await expect(saveFile(at('gone/a.json'), 'text')).rejects.toMatchObject({
    code: 'file-missing',
    message: `${at('gone/a.json')} was not saved: its folder is gone.`,
  })
  expect(fs.readdirSync(folder)).toEqual([])
})

test('a name that is a folder is refused and the folder stays', async () => {
  fs.mkdirSync(at('a.json'))
  await expect(saveFile(at('a.json'), 'text')).rejects.toMatchObject({ name: 'EngineError' })
  expect(fs.readdirSync(folder)).toEqual(['a.json'])
})

test('what a killed process left is removed by the next save', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.on('close', resolve))
  fs.writeFileSync(at(`.weir-${child.pid}-1.tmp`), 'half')
  fs.writeFileSync(at('.weir-notes.tmp'), 'not ours')
  await saveFile(at('a.json'), 'text')
  expect(fs.readdirSync(folder).sort()).toEqual(['.weir-notes.tmp', 'a.json'])
})

/** The program that saves in a process of its own, built once. */
async function buildSaver(): Promise<string> {
  const entry = path.join(import.meta.dirname, 'fixtures/save-forever.ts')
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: entry, outDir: at('saver'), rolldownOptions: { output: { entryFileNames: 'saver.mjs' } } },
  })
  return at('saver/saver.mjs')
}

function heard(output: NodeJS.ReadableStream, word: string): Promise<void> {
  return new Promise((resolve) => {
    let said = ''
    const listen = (data: Buffer) => {
      said += data
      if (said.includes(word)) resolve()
    }
    output.on('data', listen)
  })
}

/** Whether `text` is one that save-forever.ts writes, from its first to its last character. */
function isWhole(text: string): boolean {
  const [json = '', length] = text.split('\n')
  try {
    return JSON.parse(json).body.length === Number(length)
  } catch {
    return false
  }
}

test('200 kills at random moments of a save leave a whole file each time', async () => {
  const saver = await buildSaver()
  const random = new Random(4711, 'kill -9')
  fs.mkdirSync(at('target'))
  const file = at('target/a.json')
  let torn = 0
  let changed = 0
  let before = ''
  for (let kill = 0; kill < 200; kill += 1) {
    const child = spawn(process.execPath, [saver, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = new Promise((resolve) => child.on('close', resolve))
    // Every other kill falls after the first whole save, however slow this machine is at the moment.
    await heard(child.stdout, kill % 2 === 0 ? 'saving' : 'saved')
    await sleep(random.unit() * 25)
    child.kill('SIGKILL')
    await closed
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : before
    if (text !== '' && !isWhole(text)) torn += 1
    if (text !== before) changed += 1
    before = text
  }
  expect(torn).toBe(0)
  // Kills that hit before the first save of a process prove little; enough of them must have hit later.
  expect(changed).toBeGreaterThan(50)
  await saveFile(file, 'the end')
  expect(fs.readdirSync(at('target'))).toEqual(['a.json'])
}, 600_000)

// Root may write everywhere; then the saver runs as nobody.
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

test.skipIf(process.platform === 'win32')('a read-only folder and a read-only file are told and left', async () => {
  const saver = await buildSaver()
  fs.chmodSync(folder, 0o755)
  const save = (file: string) => {
    const { status, stdout } = spawnSync(process.execPath, [saver, file, 'once'], { encoding: 'utf8', ...NOBODY })
    return { status, ...JSON.parse(stdout === '' ? '{}' : stdout) }
  }
  fs.mkdirSync(at('read-only'))
  fs.writeFileSync(at('read-only/a.json'), 'old')
  fs.chmodSync(at('read-only'), 0o555)
  const refusal = (name: string) => ({
    status: 3,
    code: 'permission',
    message: `${at(name)} was not saved: writing there is not allowed.`,
  })
  expect(save(at('read-only/a.json'))).toEqual(refusal('read-only/a.json'))
  fs.chmodSync(at('read-only'), 0o755)
  expect(fs.readdirSync(at('read-only'))).toEqual(['a.json'])
  fs.mkdirSync(at('open'))
  fs.chmodSync(at('open'), 0o777)
  fs.writeFileSync(at('open/a.json'), 'old', { mode: 0o444 })
  expect(save(at('open/a.json'))).toEqual(refusal('open/a.json'))
  expect(fs.readFileSync(at('open/a.json'), 'utf8')).toBe('old')
  expect(save(at('open/b.json'))).toEqual({ status: 0 })
})

test('a file keeps its rights whatever the umask, and its owner', async () => {
  fs.writeFileSync(at('a.json'), 'old')
  fs.chmodSync(at('a.json'), 0o666)
  if (NOBODY.uid !== undefined) fs.chownSync(at('a.json'), NOBODY.uid, NOBODY.gid)
  const before = fs.statSync(at('a.json'))
  await saveFile(at('a.json'), 'new')
  const { mode, uid, gid } = fs.statSync(at('a.json'))
  expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid })
})

test('a full disk is told as such and the old file stays', async (context) => {
  const saver = await buildSaver()
  fs.mkdirSync(at('tiny'))
  // A file system of 64 KiB in a mount namespace of its own: needs no rights where user namespaces are allowed.
  const script = `mount -t tmpfs -o size=64k tmpfs "$1" || exit 42
    printf old > "$1/a.json"; "$2" "$3" "$1/a.json" once; code=$?; cat "$1/a.json"; ls -A "$1"; exit $code`
  const { status, stdout } = spawnSync(
    'unshare',
    ['-rm', 'sh', '-c', script, 'sh', at('tiny'), process.execPath, saver],
    {
      encoding: 'utf8',
    },
  )
  if (status === 42 || status === null || status === 1) context.skip('mounting a tiny file system is not allowed here')
  const [answer = '', ...rest] = stdout.trim().split('\n')
  expect(JSON.parse(answer)).toMatchObject({ code: 'disk-full' })
  expect(rest.join('\n')).toBe('olda.json')
  expect(status).toBe(3)
})
