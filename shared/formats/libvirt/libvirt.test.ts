import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  BUCKETS,
  hasAnyLimit,
  LIMIT_KEYS,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { findFormat } from '../formats.ts'
import { LIBVIRT_KEYS } from '../limit-names.ts'
import { withTargets, workspaceArbitrary } from '../testing/generated-workspaces.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { libvirtDisks } from './libvirt-disks.ts'

// What is written for libvirt, given to libvirt's own schema and to its test driver, which keeps limits without a VM.

const works = (program: string, args: readonly string[]) => spawnSync(program, [...args]).status === 0
const HAS_VALIDATOR = works('xmllint', ['--version']) && spawnSync('virt-xml-validate', []).error === undefined
const HAS_VIRSH = works('virsh', ['-c', 'test:///default', 'list'])
const VERSION = HAS_VIRSH ? String(spawnSync('virsh', ['--version']).stdout).trim() : '0'
/** libvirt knows throttle groups from 11.2 on; Debian 12 has 9.0. */
const HAS_THROTTLE_GROUPS = Number(VERSION.split('.')[0]) * 100 + Number(VERSION.split('.')[1] ?? 0) >= 1102
const SLOW_MS = 300_000

const WORKSPACES: readonly Workspace[] = fc.sample(workspaceArbitrary({ maxDevices: 6, qemuNames: false }), {
  numRuns: 15,
  seed: 7,
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'weir-libvirt-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(format: string, workspace: Workspace, style: string): string {
  const written = findFormat(format)?.write?.(workspace, { style, vm: 'weir' })
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return written.value.text
}

function save(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

function validate(text: string): string {
  const { status, stderr } = spawnSync('virt-xml-validate', [save('domain.xml', text), 'domain'])
  return status === 0 ? 'validates' : String(stderr)
}

/** As libvirt can have them: it holds the size to the limit of rates. */
function limitsOf(workspace: Workspace, group: string | null): Limits {
  const limits = group === null ? {} : (workspace.groups[group] ?? {})
  return limitOf(limits, 'iops-size') > 1e15 ? { ...limits, 'iops-size': 1e15 } : limits
}

function shownLength(limits: Limits, key: LimitKey): number {
  const bucket = BUCKETS.find((each) => lengthKey(each) === key)
  return bucket !== undefined && limitOf(limits, maxKey(bucket)) !== 0 ? limitOf(limits, key) : 0
}

/** libvirt 9's test driver takes an average only with a burst beside it: without one it holds 0 for the burst and complains. */
function testDriverTakes(limits: Limits): boolean {
  return BUCKETS.every((bucket) => limitOf(limits, bucket) === 0 || limitOf(limits, maxKey(bucket)) !== 0)
}

/** What `virsh blkdeviotune DOM DEV` prints. */
function parseTune(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const pair = /^(\w+)\s*: (.*)$/.exec(line)
      return pair?.[1] === undefined ? [] : [[pair[1], pair[2] ?? '']]
    }),
  )
}

const noValidator = HAS_VALIDATOR ? '' : ' (no virt-xml-validate with xmllint on this machine)'

describe.runIf(HAS_VALIDATOR)(`libvirt’s schema${noValidator}`, () => {
  test.each(WORKSPACES.map((workspace, index) => [index, workspace] as const))(
    'takes the domain of workspace %i',
    (_, workspace) => {
      expect(validate(write('libvirt-xml', workspace, 'iotune'))).toBe('validates')
    },
    SLOW_MS,
  )

  test(
    'takes throttle groups',
    ({ skip }) => {
      if (!HAS_THROTTLE_GROUPS) skip('libvirt’s schema on this machine is older than its throttle groups')
      for (const workspace of WORKSPACES)
        expect(validate(write('libvirt-xml', workspace, 'throttlegroups'))).toBe('validates')
    },
    SLOW_MS,
  )

  test(
    'takes everything but throttle groups where it is too old for them',
    ({ skip }) => {
      if (HAS_THROTTLE_GROUPS) skip('libvirt’s schema on this machine knows throttle groups and was asked whole')
      for (const workspace of WORKSPACES) {
        const text = write('libvirt-xml', workspace, 'throttlegroups')
        const without = text
          .replace(/ {2}<throttlegroups>[\s\S]*<\/throttlegroups>\n/, '')
          .replace(/ {6}<throttlefilters>[\s\S]*?<\/throttlefilters>\n/g, '')
        expect(validate(without)).toBe('validates')
        // The content of a <throttlegroup> is that of an <iotune>, which this schema knows.
        const asTunes = [...text.matchAll(/<throttlegroup>([\s\S]*?)<\/throttlegroup>/g)].map(
          ([, inside], index) =>
            `<disk><source file='/x'/><target dev='vd${String.fromCharCode(97 + index)}'/><iotune>${inside}</iotune></disk>`,
        )
        const domain = `<domain type='qemu'><name>x</name><memory>1</memory><os><type>hvm</type></os><devices>${asTunes.join('')}</devices></domain>`
        expect(validate(domain)).toBe('validates')
      }
    },
    SLOW_MS,
  )
})

const noVirsh = HAS_VIRSH ? '' : ' (no virsh with a test driver on this machine)'

describe.runIf(HAS_VIRSH)(`libvirt’s test driver${noVirsh}`, () => {
  let applied = 0
  afterAll(() => expect(applied).toBeGreaterThan(3))

  /** One virsh, since the driver forgets everything between two. */
  function virsh(commands: readonly string[]): { readonly out: string; readonly err: string } {
    const { stdout, stderr } = spawnSync('virsh', ['-c', 'test:///default', '--quiet', commands.join('; ')])
    return { out: String(stdout), err: String(stderr) }
  }

  test.each(
    WORKSPACES.filter((workspace) => workspace.devices.length > 0).map(
      (workspace, index) => [index, workspace] as const,
    ),
  )(
    'defines the domain of workspace %i with all its limits',
    (_, workspace) => {
      const file = save('test.xml', write('libvirt-xml', workspace, 'iotune').replace("type='qemu'", "type='test'"))
      const { disks } = libvirtDisks(workspace)
      const tunes = disks.map((disk) => `blkdeviotune weir ${disk.target} --config`)
      const { out, err } = virsh([`define --validate ${file}`, ...tunes.flatMap((tune) => ['echo %%%', tune])])
      expect(err).toBe('')
      const shown = out.split('%%%').slice(1).map(parseTune)
      for (const [index, { device }] of disks.entries()) {
        const limits = limitsOf(workspace, innermostGroup(device))
        for (const key of LIMIT_KEYS) {
          const isUnset = key.endsWith('-length') && limits[key] === undefined
          expect(Number(shown[index]?.[LIBVIRT_KEYS[key]]), `${device.id} ${key}`).toBe(
            isUnset ? 0 : limitOf(limits, key),
          )
        }
      }
    },
    SLOW_MS,
  )

  test.each(
    WORKSPACES.filter((workspace) => workspace.devices.length > 0).map(
      (workspace, index) => [index, workspace] as const,
    ),
  )(
    'takes the virsh lines of workspace %i',
    (_, generated) => {
      const workspace = withTargets(generated)
      const free: Workspace = {
        ...EMPTY_WORKSPACE,
        devices: workspace.devices.map((device) => ({ ...device, group: null })),
      }
      const file = save('free.xml', write('libvirt-xml', free, 'iotune').replace("type='qemu'", "type='test'"))
      const { disks } = libvirtDisks(workspace)
      const lines = write('virsh', workspace, 'iotune')
        .split('\n')
        .filter((line) => line !== '')
      expect(lines.length).toBe(disks.length)
      const taken = disks.flatMap((disk, index) => {
        const limits = limitsOf(workspace, innermostGroup(disk.device))
        return hasAnyLimit(limits) ? [{ disk, limits, line: lines[index] ?? '' }] : []
      })
      const commands = taken.flatMap(({ disk, line }) => {
        // Zeros say nothing to a disk that has no limits yet, and see testDriverTakes.
        const words = splitShellWords(line).words.slice(1)
        const set = words.filter(
          (word, at) => (words[at - 1] ?? '') === '--group-name' || words[at + (word.startsWith('--') ? 1 : 0)] !== '0',
        )
        return [[...set, '--live'].map(virshQuote).join(' '), 'echo %%%', `blkdeviotune weir ${disk.target}`]
      })
      const { out, err } = virsh([`define ${file}`, 'start weir', ...commands])
      const others = err.replace(
        /error: (Unable to change block I\/O throttle|invalid argument: (\w+) cannot be set higher than \2_max )\n/g,
        '',
      )
      expect(others.trim()).toBe('')
      const shown = out.split('%%%').slice(1).map(parseTune)
      for (const [index, { disk, limits }] of taken.entries()) {
        if (!testDriverTakes(limits)) continue
        for (const key of LIMIT_KEYS) {
          const name = `${disk.device.id} ${key}`
          expect(Number(shown[index]?.[LIBVIRT_KEYS[key]]), name).toBe(
            key.endsWith('-length') ? shownLength(limits, key) : limitOf(limits, key),
          )
        }
        expect(shown[index]?.group_name).not.toBe('')
        applied += 1
      }
    },
    SLOW_MS,
  )
})

/** virsh has a shell's quotes of its own. */
function virshQuote(word: string): string {
  return /^[A-Za-z0-9_/.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
