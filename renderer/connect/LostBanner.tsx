import { Unplug } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { QemuState } from '#shared/ipc/contract.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { openDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { ageInWords } from './connect-model.ts'
import styles from './LiveBars.module.css'

/** The VM does not answer: what is on the board is old, and how old. */
export function LostBanner() {
  const qemu = useUi((ui) => ui.qemu)
  const ageMs = useAgeMs(qemu)
  if (qemu?.status !== 'lost') return null
  const { address } = qemu
  return (
    <section className={styles.bar} data-tone="danger" role="alert" aria-label="Connection lost">
      <Unplug className={styles.icon} />
      <b>{qemu.label ?? 'The VM'} does not answer.</b>
      <span className={styles.words}>
        {qemu.message !== null && `${qemu.message} `}
        The picture is from {ageInWords(ageMs)}; Weir keeps trying.
      </span>
      <span className={styles.actions}>
        <Button
          size="s"
          disabled={address === null}
          onClick={() => address && reportFailure(invoke('qemu/connect', { address }), 'vm')}
        >
          Try now
        </Button>
        <Button size="s" onClick={() => openDialog('connect')}>
          Another…
        </Button>
        <Button size="s" onClick={() => reportFailure(invoke('qemu/disconnect', null), 'vm')}>
          Disconnect
        </Button>
      </span>
    </section>
  )
}

/** How old the last good picture is. The session said so when it told of the loss; from there on the window counts. */
function useAgeMs(qemu: QemuState | null): number {
  const [ageMs, setAgeMs] = useState(0)
  useEffect(() => {
    if (qemu?.status !== 'lost') return
    const already = qemu.lastSeenNs === null ? 0 : Math.max(0, (qemu.nowNs - qemu.lastSeenNs) / NS_PER_MS)
    const startMs = performance.now()
    const tick = () => setAgeMs(already + performance.now() - startMs)
    tick()
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [qemu])
  return ageMs
}
