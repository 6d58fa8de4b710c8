import { ETL_CHAIN, putBehind } from '#shared/lessons/lessons.ts'
import { announce } from '../store/ui.ts'
import { edit } from '../store/workspace.ts'
import { Export, Start } from './neighbour-words.tsx'
import { Act, LimitSlider, Live, type StepWords, WaitAt, Was } from './parts.tsx'

export const CHAIN_WORDS: Readonly<Record<string, StepWords>> = {
  start: {
    Say: () => (
      <>
        <p>
          Three disks of one VM share its cap, <b>vm-101</b>: 900 IOPS. <b>db</b> has a limit of its own below it,{' '}
          <b>db-disk</b>: 250.
        </p>
        <Start />
      </>
    ),
  },
  chain: {
    Say: () => (
      <>
        <p>
          <b>etl</b> has none and takes what the cap leaves: <Live device="etl" figure="iops" />. Put <b>etl-disk</b>{' '}
          between it and its disk:
        </p>
        <Act
          onPress={() => {
            edit('etl behind vm-101 and etl-disk', (workspace) => putBehind(workspace, 'etl', ETL_CHAIN))
            announce('etl is now held by vm-101, then by etl-disk.')
          }}
        >
          Put etl behind etl-disk
        </Act>
      </>
    ),
    After: () => (
      <p>
        Its requests now pass two groups, the guest’s side first: vm-101, then etl-disk. At 800 the new one is not felt
        yet.
      </p>
    ),
  },
  own: {
    Say: () => (
      <>
        <p>
          Hold <b>etl-disk</b> to 200 IOPS or less:
        </p>
        <LimitSlider group="etl-disk" limit="iops-total" label="IOPS limit of etl-disk" />
      </>
    ),
    After: () => (
      <p>
        <b>etl</b> does <Live device="etl" figure="iops" />, was <Was device="etl" figure="iops" />. What the cap has
        left goes to nobody: <b>db</b> is at its own 250.
      </p>
    ),
  },
  cap: {
    Say: () => (
      <>
        <p>
          Where do its requests wait? At <b>vm-101</b> <WaitAt device="etl" group="vm-101" />, at <b>etl-disk</b>{' '}
          <WaitAt device="etl" group="etl-disk" />. Raise etl-disk until they wait at the cap:
        </p>
        <LimitSlider group="etl-disk" limit="iops-total" label="IOPS limit of etl-disk" />
      </>
    ),
    After: () => (
      <p>
        About 590: what 900 leaves beside 250 and the log’s 60. Below it a disk’s own limit binds, above it the VM’s
        cap. <b>db</b> gets <Live device="db" figure="iops" /> either way.
      </p>
    ),
  },
  export: {
    Say: () => (
      <>
        <p>In QEMU a chain is a throttle filter over a throttle filter; in libvirt, several throttlefilter elements.</p>
        <Export />
      </>
    ),
  },
}
