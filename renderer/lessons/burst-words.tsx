import { Export, Start } from './neighbour-words.tsx'
import { BurstUsed, LimitSlider, Live, type StepWords } from './parts.tsx'

export const BURST_WORDS: Readonly<Record<string, StepWords>> = {
  start: {
    Say: () => (
      <>
        <p>
          Three web servers work in waves and rest between them. Each group may do 200 IOPS; only <b>plain</b> has no
          burst.
        </p>
        <Start />
      </>
    ),
  },
  allow: {
    Say: () => (
      <>
        <p>
          <b>web-plain</b> does <Live device="web-plain" figure="iops" />, however long it rested before. Let{' '}
          <b>plain</b> burst to 1 000:
        </p>
        <LimitSlider group="plain" limit="iops-total-max" label="IOPS burst of plain" />
      </>
    ),
    After: () => (
      <p>
        With a length of 1 s this is a pool: 1 000 requests may go as fast as the disk can, and that is over in a
        moment.
      </p>
    ),
  },
  length: {
    Say: () => (
      <>
        <p>Let it last 10 s or more, so that a wave of 12 s fits:</p>
        <LimitSlider group="plain" limit="iops-total-max-length" label="IOPS burst length of plain" />
      </>
    ),
    After: () => (
      <p>
        From a length of 2 s on QEMU holds the burst itself to its rate. 10 s at 1 000 is a bucket of 10 000 requests;
        it leaks at 200 a second, so a burst lasts 12.5 s, and 50 s of rest make it whole again.
      </p>
    ),
  },
  wave: {
    Say: () => (
      <p>
        Wait for the next wave. <b>web-plain</b> does <Live device="web-plain" figure="iops" />; its burst is used to{' '}
        <BurstUsed group="plain" bucket="iops-total" />.
      </p>
    ),
    After: () => (
      <p>
        A whole wave passes at 1 000 a second. On average it is still held to 200: what it saves by resting it may use.
      </p>
    ),
  },
  pool: {
    Say: () => (
      <>
        <p>
          <b>pool</b> says 4 000 with a length of 1 s. That is not a rate: 4 000 requests go at the disk’s full speed,{' '}
          <Live device="web-pool" figure="iops" /> just now. Give it a length of 2 s or more, and 4 000 is the most:
        </p>
        <LimitSlider group="pool" limit="iops-total-max-length" label="IOPS burst length of pool" />
      </>
    ),
    After: () => (
      <p>
        Every change of limits empties the group’s buckets: its burst begins again at once. So Weir never sends limits
        that did not change.
      </p>
    ),
  },
  export: {
    Say: () => (
      <>
        <p>Export the three groups as commands:</p>
        <Export />
      </>
    ),
  },
}
