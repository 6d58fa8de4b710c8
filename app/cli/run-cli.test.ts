import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './run-cli.ts'
import type { Terminal } from './terminal.ts'

let folder: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-cli-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: unknown): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** What `weir ARGV` prints and exits with; the temporary folder's name is shown as `DIR`. */
async function weir(...argv: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const lines = { out: [] as string[], err: [] as string[] }
  const plain = (text: string) => text
  const terminal: Terminal = {
    print: (text) => lines.out.push(text),
    complain: (text) => lines.err.push(text),
    write: (text) => lines.out.push(text),
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  const exit = await runCli(argv, { terminal, signal: new AbortController().signal })
  const show = (texts: readonly string[]) => texts.join('\n').replaceAll(folder, 'DIR')
  return { exit, out: show(lines.out), err: show(lines.err) }
}

const empty = { format: 'weir-workspace/1', groups: {}, devices: [] }
const withDevice = (device: object) => ({ ...empty, devices: [{ id: 'db', ...device }] })

test('check tells what a fine workspace holds', async () => {
  const file = write('fine.weir.json', { ...withDevice({ group: 'gold' }), groups: { gold: { 'iops-total': 100 } } })
  expect(await weir('check', file)).toEqual({
    exit: 0,
    out: 'DIR/fine.weir.json: fine (1 group, 1 device, 0 script steps)',
    err: '',
  })
})

test('a wrong call exits 2 and says what would be right', async () => {
  const calls: readonly (readonly string[])[] = [
    ['check'],
    ['check', 'a', 'b'],
    ['check', '--jason', 'a'],
    ['check', '--json=yes', 'a'],
  ]
  const answers = await Promise.all(calls.map((argv) => weir(...argv)))
  expect(answers.map((answer) => answer.exit)).toEqual([2, 2, 2, 2])
  expect(answers.map((answer) => answer.err || JSON.parse(answer.out).issues[0].message)).toMatchInlineSnapshot(`
    [
      "weir check: 1 problem
      FILE: this is missing; use weir check FILE, or weir check --policy FILE --from HOST for a host",
      "weir check a b: 1 problem
      b: unexpected argument; usage: weir check [FILE] [options]",
      "weir check --jason a: 1 problem
      --jason: weir check has no such option; it takes --vm, --qmp, --policy, --from, --json, --help",
      "weir check --json=yes a: 1 problem
      --json: this option takes no value; leave "yes" out",
    ]
  `)
})

test('an unknown command exits 2 and names those there are', async () => {
  const { exit, err } = await weir('chek', 'a')
  expect(exit).toBe(2)
  expect(err).toMatch(/^weir chek: 1 problem\n {2}chek: unknown command; use one of check, /)
})

test('every kind of wrong workspace exits 2 and names the place', async () => {
  const files: Readonly<Record<string, unknown>> = {
    'half.json': '{"format": "weir-workspace/1", "gro',
    'empty.json': '',
    'unknown-key.json': { ...empty, grups: {} },
    'rule.json': { ...empty, groups: { gold: { 'iops-total': 5, 'iops-total-max': 2 } } },
    'duplicate.json': { ...empty, devices: [{ id: 'db' }, { id: 'db' }] },
    'unknown-group.json': withDevice({ group: 'silver' }),
    'zero-disk.json': withDevice({ disk: { kind: 'null', sizeBytes: 0 } }),
    'newer.json': { ...empty, format: 'weir-workspace/2' },
    'missing-disk.json': withDevice({ disk: { kind: 'file', path: 'gone.img', sizeBytes: 4096 } }),
    'small-disk.json': withDevice({ disk: { kind: 'file', path: 'empty.json', sizeBytes: 4096 } }),
    'folder-disk.json': withDevice({ disk: { kind: 'file', path: '.', sizeBytes: 4096 } }),
    'missing-trace.json': withDevice({ workload: { kind: 'trace', path: 'gone.csv' } }),
  }
  const told: Record<string, string> = {}
  for (const [name, content] of Object.entries(files)) {
    const { exit, out, err } = await weir('check', write(name, content))
    expect({ name, exit, out }).toEqual({ name, exit: 2, out: '' })
    told[name] = err.split('\n').slice(1).join('\n')
  }
  told['gone.json'] = (await weir('check', path.join(folder, 'gone.json'))).err.split('\n')[1] ?? ''
  expect(told).toMatchInlineSnapshot(`
    {
      "duplicate.json": "  devices[1].id: "db" is taken by devices[0]; give each device an id of its own",
      "empty.json": "  this file is empty; a workspace is a JSON object",
      "folder-disk.json": "  devices[0].disk.path: DIR is not a file; name a file or a block device",
      "gone.json": "  DIR/gone.json: there is no such file; check the name",
      "half.json": "  this is not JSON, from line 1 column 36 on: Unterminated string in JSON at position 35. Perhaps the file was cut off",
      "missing-disk.json": "  devices[0].disk.path: DIR/gone.img does not exist; fix the path, or leave it out",
      "missing-trace.json": "  devices[0].workload.path: DIR/gone.csv does not exist; fix the path, or leave it out",
      "newer.json": "  format: weir-workspace/2 was written by a newer Weir; this one reads weir-workspace/1. Nothing was changed",
      "rule.json": "  groups.gold.iops-total-max: 2 is not valid: bps_max/iops_max cannot be lower than bps/iops; use 5 or more, or leave the burst out",
      "small-disk.json": "  devices[0].disk.path: DIR/empty.json holds 0 bytes, sizeBytes is 4096; Weir never grows a file it did not make: name a larger file",
      "unknown-group.json": "  devices[0].group: "silver" is not a group of this workspace; use null (there are no groups)",
      "unknown-key.json": "  grups: "grups" is not a key that Weir knows here; remove it or fix its spelling",
      "zero-disk.json": "  devices[0].disk.sizeBytes: 0 is not valid; use a number from 512",
    }
  `)
  expect(fs.readdirSync(folder).filter((name) => name.startsWith('gone'))).toEqual([])
})

test('what a file holds is no command to the terminal', async () => {
  const { err } = await weir('check', write('bell.json', '\u001b]0;owned\u0007{'))
  expect(err).toContain('\\x1b]0;owned')
  expect(err).not.toContain('\u001b')
})

test('a workspace is no scenario to replay', async () => {
  const { exit, err } = await weir('replay', write('ws.json', empty))
  expect(exit).toBe(2)
  expect(err).toContain('format: this is a workspace; replay takes a recorded scenario')
})

test('with --json issues are one object on stdout', async () => {
  const { exit, out, err } = await weir('check', write('half.json', '{'), '--json')
  expect({ exit, err }).toEqual({ exit: 2, err: '' })
  expect(JSON.parse(out)).toMatchObject({ format: 'weir-error/1', exit: 2, issues: [{ path: '', code: 'not-json' }] })
})

test('every command has a help with an example of itself', async () => {
  const { out } = await weir('--help')
  const names = [...out.matchAll(/^ {2}(\w+) .*$/gm)].map((match) => match[1] ?? '')
  expect(names).toContain('check')
  for (const name of names) {
    const help = await weir(name, '--help')
    expect(help.exit).toBe(0)
    expect(help.out).toContain(`  weir ${name}`)
    expect(await weir('help', name)).toEqual(help)
  }
})
