// Stands for Proxmox VE's `qm` in tests: keeps a configuration for each VM below WEIR_PROXMOX_ROOT, and tells the QEMU that
// runs of changed limits by the VM's monitor, as Proxmox does. Built from the documented forms of `qm list`, `qm config`,
// `qm pending` and `qm set`; it is not Proxmox.
//
//   a drive's setting in which only limits differ     takes effect at once, in the configuration and in QEMU
//   any other difference while the VM runs            waits in [PENDING] for the next start

import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'

const root = process.env.WEIR_PROXMOX_ROOT
const MIB = 1024 * 1024
const DRIVE = /^(scsi|virtio|sata|ide)\d+$/
const LIMIT = /^(mbps|iops|bps)(_rd|_wr)?(_max)?(_max_length)?=/
const VERBS = { list, config, pending, set }

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(255)
}

const fileOf = (vmid) => path.join(root, 'etc/pve/qemu-server', `${vmid}.conf`)
const socketOf = (vmid) => path.join(root, 'run/qemu-server', `${vmid}.qmp`)

function load(vmid) {
  if (!fs.existsSync(fileOf(vmid))) fail(`Configuration file 'nodes/fake/qemu-server/${vmid}.conf' does not exist`)
  const sections = [{ name: '', lines: [] }]
  for (const line of fs.readFileSync(fileOf(vmid), 'utf8').split('\n')) {
    const name = /^\[(.+)\]$/.exec(line)?.[1]
    if (name !== undefined) sections.push({ name, lines: [] })
    else if (line !== '') sections.at(-1).lines.push(line)
  }
  return sections
}

function save(vmid, sections) {
  const text = sections
    .filter(({ name, lines }) => name !== 'PENDING' || lines.length > 0)
    .map(({ name, lines }) => (name === '' ? '' : `\n[${name}]\n`) + lines.map((line) => `${line}\n`).join(''))
    .join('')
  fs.writeFileSync(fileOf(vmid), text)
}

const valueIn = (section, key) => section?.lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2)

function put(section, key, value) {
  section.lines = section.lines.filter((line) => !line.startsWith(`${key}: `))
  if (value !== null) section.lines.push(`${key}: ${value}`)
  section.lines.sort()
}

const limitsOf = (setting) => setting.split(',').filter((part) => LIMIT.test(part))
const restOf = (setting) =>
  setting
    .split(',')
    .filter((part) => !LIMIT.test(part))
    .join(',')

async function set(vmid, ...options) {
  const sections = load(vmid)
  for (let at = 0; at < options.length; at += 2) {
    const slot = /^--(\w+)$/.exec(options[at])?.[1]
    if (slot === undefined || !DRIVE.test(slot)) fail(`Unknown option: ${options[at]}\n400 unable to parse option`)
    await setDrive(vmid, sections, { slot, value: options[at + 1] })
  }
  save(vmid, sections)
  process.stdout.write(`update VM ${vmid}: ${options.join(' ').replaceAll('--', '-')}\n`)
}

async function setDrive(vmid, sections, { slot, value }) {
  const [current] = sections
  const before = valueIn(current, slot) ?? ''
  if (/(^|,)iops_max=/.test(value) && !/(^|,)iops=/.test(value)) fail('400 Parameter verification failed.')
  const isRunning = fs.existsSync(socketOf(vmid))
  if (isRunning && restOf(before) !== restOf(value)) {
    let pending = sections.find(({ name }) => name === 'PENDING')
    if (pending === undefined) {
      pending = { name: 'PENDING', lines: [] }
      sections.splice(1, 0, pending)
    }
    put(pending, slot, value)
    return
  }
  put(current, slot, value)
  const pending = sections.find(({ name }) => name === 'PENDING')
  if (pending !== undefined) put(pending, slot, null)
  if (isRunning && limitsOf(before).join() !== limitsOf(value).join()) await throttle(vmid, slot, limitsOf(value))
}

/** The three numbers of each direction that a drive's setting names, as QEMU calls them. */
function qapiLimits(parts) {
  const given = new Map(parts.map((part) => part.split('=')))
  const half = { '': 'total', _rd: 'read', _wr: 'write' }
  return Object.fromEntries(
    Object.entries(half).flatMap(([short, long]) =>
      ['bps', 'iops'].flatMap((unit) => {
        const rate = (end) =>
          unit === 'bps'
            ? Math.trunc(Number(given.get(`mbps${short}${end}`) ?? 0) * MIB)
            : Number(given.get(`iops${short}${end}`) ?? 0)
        return [
          [`${unit}-${long}`, rate('')],
          [`${unit}-${long}-max`, rate('_max')],
          [`${unit}-${long}-max-length`, Number(given.get(`${unit}${short}_max_length`) ?? 1)],
        ]
      }),
    ),
  )
}

async function throttle(vmid, slot, parts) {
  const limits = qapiLimits(parts)
  const group = `throttle-drive-${slot}`
  const [objects] = await qmp(vmid, [['qom-list', { path: '/objects' }]])
  if (objects.some(({ name }) => name === group)) {
    await qmp(vmid, [['qom-set', { path: `/objects/${group}`, property: 'limits', value: limits }]])
    return
  }
  const old = Object.entries(limits).map(([key, value]) => [
    key.replace('-total', '').replace('-read', '_rd').replace('-write', '_wr').replaceAll('-', '_'),
    value,
  ])
  await qmp(vmid, [['block_set_io_throttle', { device: `drive-${slot}`, ...Object.fromEntries(old) }]])
}

/** A short connection, as Proxmox makes them. */
function qmp(vmid, commands) {
  return new Promise((resolve) => {
    const socket = net.connect(socketOf(vmid))
    const patience = setTimeout(() => fail(`VM ${vmid} qmp command 'qmp_capabilities' failed - got timeout`), 5000)
    const queue = [['qmp_capabilities', {}], ...commands]
    const answers = []
    let text = ''
    const next = () => {
      const [execute, values] = queue[answers.length]
      socket.write(`${JSON.stringify({ execute, arguments: values })}\n`)
    }
    socket.on('error', (error) => fail(`VM ${vmid} qmp command failed - ${error.message}`))
    socket.on('data', (chunk) => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop()
      for (const line of lines) {
        const message = JSON.parse(line)
        if (message.QMP !== undefined) next()
        if (message.error !== undefined) fail(`VM ${vmid} qmp command failed - ${message.error.desc}`)
        if (message.return === undefined) continue
        answers.push(message.return)
        if (answers.length < queue.length) next()
        else {
          clearTimeout(patience)
          socket.end()
          resolve(answers.slice(1))
        }
      }
    })
  })
}

function list() {
  process.stdout.write('      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID\n')
  for (const file of fs.readdirSync(path.dirname(fileOf(0)))) {
    const vmid = file.replace('.conf', '')
    const state = fs.existsSync(socketOf(vmid)) ? 'running' : 'stopped'
    process.stdout.write(`${vmid.padStart(10)} ${(valueIn(load(vmid)[0], 'name') ?? '').padEnd(20)} ${state}\n`)
  }
}

function config(vmid, ...options) {
  const [current, ...others] = load(vmid)
  const pending = options.includes('--current') ? undefined : others.find(({ name }) => name === 'PENDING')
  for (const line of pending?.lines ?? []) {
    const [key] = line.split(': ')
    put(current, key, line.slice(key.length + 2))
  }
  process.stdout.write(current.lines.map((line) => `${line}\n`).join(''))
}

function pending(vmid) {
  const [current, ...others] = load(vmid)
  for (const line of current.lines) process.stdout.write(`cur ${line}\n`)
  for (const line of others.find(({ name }) => name === 'PENDING')?.lines ?? []) process.stdout.write(`new ${line}\n`)
}

const [verb, ...words] = process.argv.slice(2)
if (!Object.hasOwn(VERBS, verb)) fail(`ERROR: unknown command 'qm ${verb}'`)
await VERBS[verb](...words)
