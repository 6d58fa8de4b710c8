import { type LiftJournal, usualLiftJournal } from '#main/live/lift/lift-journal.ts'
import { isOwned } from '#main/live/lift/lift-record.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import { absoluteAddress } from '#main/live/lift/same-vm.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, parseVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { type LiftOrder, liftUntil } from './lift-for.ts'
import { forgetLift, restoreLifts } from './lift-restore.ts'
import { timerUnits } from './lift-timer.ts'
import { durationOption, flagOption, listOption, textOption } from './options.ts'

/** `weir lift ADDR --for 30m`, `--until-job ID`, `--restore`, `--forget`, `--print-timer`. */
export async function lift(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, terminal } = call
  if (flagOption(options, 'print-timer')) {
    terminal.write(timerUnits())
    return ok(0)
  }
  const journal = usualLiftJournal()
  const address = args[0] === undefined ? null : addressOf(args)
  if (address !== null && !address.ok) return address
  if (flagOption(options, 'restore')) return restoreLifts(call, journal, address?.value ?? null)
  if (address === null) return failed([{ path: 'ADDR', code: 'missing-argument', message: ADDRESS_MISSING }])
  if (flagOption(options, 'forget')) return forgetLift(call, journal, formatVmAddress(address.value))
  const order = orderOf(call, address.value)
  if (!order.ok) return order
  const lifted = await liftedAlready(journal, address.value)
  return lifted ?? liftUntil(call, journal, order.value)
}

const ADDRESS_MISSING =
  'this is missing; say which VM: unix:PATH, tcp:HOST:PORT, libvirt:URI#DOMAIN or proxmox:VMID (only --restore and --print-timer go without)'

/** `ADDR`, or `ADDR all` for everything, which is the default. */
function addressOf(args: readonly string[]): Result<VmAddress> {
  const [text = '', what] = args
  if (what !== undefined && what !== 'all') {
    const message = `${JSON.stringify(what)} is not valid; use --group NAME, --device NAME, or all`
    return failed([{ path: 'all', code: 'extra-argument', message }])
  }
  const parsed = parseVmAddress(text)
  return parsed.ok ? ok(absoluteAddress(parsed.value)) : parsed
}

function orderOf({ args, options }: CommandCall, address: VmAddress): Result<LiftOrder> {
  const seconds = durationOption(options, 'for', null)
  if (!seconds.ok) return seconds
  const job = textOption(options, 'until-job', null)
  if (seconds.value === null && job === null) {
    const message = 'this is missing; say how long: --for 30m, or --until-job ID'
    return failed([{ path: '--for', code: 'missing-option', message }])
  }
  const choice = { groups: listOption(options, 'group'), devices: listOption(options, 'device') }
  if (args[1] === 'all' && choice.groups.length + choice.devices.length > 0) {
    const message = 'this is everything; leave it out to lift what --group and --device name'
    return failed([{ path: 'all', code: 'extra-argument', message }])
  }
  return ok({ address, seconds: seconds.value, job, choice })
}

/** By another Weir, or by one that is gone and could not be put back. null: not at all. */
async function liftedAlready(journal: LiftJournal, address: VmAddress): Promise<Result<never> | null> {
  const where = formatVmAddress(address)
  const record = await journal.find(where)
  if (record === null) return null
  const whose = isOwned(record) ? `process ${record.owner.pid} puts them back` : 'they could not be put back yet'
  const message = `limits of ${where} are lifted already, and ${whose}; ${restoreCommand(where)} does it now`
  return failed([{ path: 'ADDR', code: 'lifted', message }])
}
