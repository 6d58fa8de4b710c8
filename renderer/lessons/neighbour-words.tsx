import { outermostGroup } from '#shared/workspace/chain.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import { runCommand } from '../bridge/commands.ts'
import { moveDevicesTo } from '../store/actions.ts'
import { openDialog, reveal, selectDevices } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { Act, BurstUsed, LimitSlider, Live, type StepWords, Was } from './parts.tsx'

export function Start() {
  return <Act onPress={() => runCommand('start-pause')}>Start</Act>
}

export function Export() {
  return <Act onPress={() => openDialog('export')}>Export…</Act>
}

export const NEIGHBOUR_WORDS: Readonly<Record<string, StepWords>> = {
  start: {
    Say: () => (
      <>
        <p>
          Every card is a disk with real reads and writes on a file of its own, every lane a throttle group. Four disks
          share <b>gold</b>.
        </p>
        <Start />
      </>
    ),
  },
  burst: {
    Say: () => (
      <p>
        <b>gold</b> may do 1 000 IOPS, and 4 000 while its burst lasts: some thirteen seconds. Used by now:{' '}
        <BurstUsed group="gold" bucket="iops-total" />. Its bar <b>Burst</b> fills as you watch.
      </p>
    ),
    After: () => (
      <p>
        Now the four are held to 1 000 together, and requests wait: those of <b>db-primary</b> up to{' '}
        <Live device="db-primary" figure="wait" />.
      </p>
    ),
  },
  look: {
    Say: () => (
      <>
        <p>
          <b>db-primary</b> gets <Live device="db-primary" figure="iops" />. <b>batch-etl</b> gets only{' '}
          <Live device="batch-etl" figure="iops" />, but they are <Live device="batch-etl" figure="bps" />. Select its
          card.
        </p>
        <Act
          onPress={() => {
            selectDevices(['batch-etl'])
            reveal('device', 'batch-etl')
          }}
        >
          Show batch-etl
        </Act>
      </>
    ),
    After: () => (
      <p>
        It writes 128 KiB at a time. <b>IOPS size</b> of gold is 16 KiB, so each of its requests counts as eight. Turns
        go round request by request, whatever the size: that is why large ones win.
      </p>
    ),
  },
  move: {
    Say: () => (
      <>
        <p>
          Drag the card <b>batch-etl</b> by its dots into the lane <b>bulk</b> (keyboard: Space on the dots, arrow down,
          Space), or press:
        </p>
        <Act
          onPress={() => {
            const device = findDevice(currentWorkspace(), 'batch-etl')
            if (device !== undefined && outermostGroup(device) !== 'bulk') moveDevicesTo(['batch-etl'], 'bulk', null)
          }}
        >
          Move batch-etl to bulk
        </Act>
      </>
    ),
    After: () => (
      <p>
        It moved while it ran; nothing was lost. <b>db-primary</b> now gets <Live device="db-primary" figure="iops" />,
        was <Was device="db-primary" figure="iops" />. Ctrl Z would put the card back.
      </p>
    ),
  },
  hold: {
    Say: () => (
      <>
        <p>
          Give <b>bulk</b> 20 MiB/s or less:
        </p>
        <LimitSlider group="bulk" limit="bps-total" label="Bandwidth limit of bulk" />
      </>
    ),
    After: () => (
      <p>
        <b>backup</b> and <b>batch-etl</b> are held to it together: <Live device="backup" figure="bps" /> and{' '}
        <Live device="batch-etl" figure="bps" />. The change stands in the timeline where it happened.
      </p>
    ),
  },
  export: {
    Say: () => (
      <>
        <p>All of this is QMP commands in the end, or libvirt XML, or what your host reads.</p>
        <Export />
      </>
    ),
  },
}
