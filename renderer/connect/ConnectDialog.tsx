import { useCallback, useEffect, useState } from 'react'
import type { QemuSocket } from '#shared/ipc/live-ops.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Note } from '../ui/Note.tsx'
import { TextField } from '../ui/TextField.tsx'
import styles from './ConnectDialog.module.css'
import { checkAddress, socketSections } from './connect-model.ts'

/** Attaching to the QMP socket of a running QEMU. Sockets are only listed: none is opened before the user says so. */
export function ConnectDialog() {
  const open = useUi((ui) => ui.dialog === 'connect')
  return (
    <Dialog open={open} onClose={closeDialog} title="Connect to a running QEMU">
      <Body />
    </Dialog>
  )
}

function Body() {
  const [address, setAddress] = useState(useUi.getState().qemu?.address ?? '')
  const attempt = useAttempt()
  const checked = checkAddress(address)
  const isValid = 'address' in checked
  const warning = isValid ? checked.warning : null
  const instead = isValid ? checked.instead : null
  const connect = () => isValid && void attempt.connect(checked.address)
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        connect()
      }}
    >
      <div className={styles.row}>
        <TextField
          label="Address"
          value={address}
          onChange={setAddress}
          placeholder="/run/vm.qmp, host:port, libvirt:qemu:///system#web01, proxmox:101"
          problem={address === '' || isValid ? null : checked.problem}
        />
        <Button variant="primary" type="submit" disabled={!isValid || attempt.underWay}>
          {attempt.underWay ? 'Connecting…' : warning === null ? 'Connect' : 'Connect anyway'}
        </Button>
      </div>
      <p className={styles.help}>
        {isValid
          ? `${checked.words}. `
          : 'The path of a QMP socket, as in -qmp unix:PATH,server=on,wait=off, host:port, libvirt:URI#DOMAIN or proxmox:VMID; a folder of such sockets, libvirt:URI or proxmox: shows all VMs. '}
        A QMP socket serves one client at a time; libvirt holds its own, so a VM of libvirt is reached through libvirt.
      </p>
      {attempt.underWay && <Waiting />}
      {warning !== null && <OwnerNote warning={warning} instead={instead} onInstead={setAddress} />}
      {attempt.problem !== null && <Note tone="danger">{attempt.problem}</Note>}
      <Sockets chosen={isValid ? checked.address : null} onChoose={setAddress} />
    </form>
  )
}

interface OwnerProps {
  readonly warning: string
  readonly instead: string | null
  readonly onInstead: (address: string) => void
}

/** Whose socket it is, and the better way to the VM. */
function OwnerNote({ warning, instead, onInstead }: OwnerProps) {
  if (instead === null) return <Note tone="warn">{warning}</Note>
  const use = (
    <Button size="s" onClick={() => onInstead(instead)}>
      Use {instead}
    </Button>
  )
  return (
    <Note tone="warn" actions={use}>
      {warning}
    </Note>
  )
}

/** Why it takes its time, and the way out. */
function Waiting() {
  const reason = useUi((ui) => (ui.qemu?.status === 'connecting' ? ui.qemu.message : null))
  const cancel = () => {
    reportFailure(invoke('qemu/disconnect', null))
    closeDialog()
  }
  return (
    <Note
      actions={
        <Button size="s" onClick={cancel}>
          Cancel
        </Button>
      }
    >
      {reason ?? 'Waiting for QEMU to answer.'}
    </Note>
  )
}

interface Attempt {
  readonly underWay: boolean
  readonly problem: string | null
  readonly connect: (address: string) => Promise<void>
}

function useAttempt(): Attempt {
  const [underWay, setUnderWay] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const connect = async (address: string) => {
    setUnderWay(true)
    setProblem(null)
    try {
      const outcome = await invoke('qemu/connect', { address })
      if (outcome.ok) closeDialog()
      else setProblem([outcome.message, ...outcome.issues.map((issue) => issue.message)].join(' '))
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    } finally {
      setUnderWay(false)
    }
  }
  return { underWay, problem, connect }
}

interface SocketsProps {
  readonly chosen: string | null
  readonly onChoose: (address: string) => void
}

function Sockets({ chosen, onChoose }: SocketsProps) {
  const [sockets, setSockets] = useState<readonly QemuSocket[] | null>(null)
  const look = useCallback(() => {
    invoke('qemu/sockets', null).then(setSockets, () => setSockets([]))
  }, [])
  useEffect(look, [look])
  const sections = socketSections(sockets ?? [])
  return (
    <div className={styles.sockets}>
      {sections.map((section) => (
        <section key={section.title} aria-label={section.title}>
          <h3 className={styles.title}>{section.title}</h3>
          <ul className={styles.list}>
            {section.sockets.map((socket) => (
              <li key={socket.address}>
                <button
                  type="button"
                  className={styles.socket}
                  aria-pressed={socket.address === chosen}
                  onClick={() => onChoose(socket.address)}
                >
                  <span className={styles.name}>{socket.label}</span>
                  <span className={styles.path}>{socket.address.replace(/^unix:/, '')}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {sockets !== null && sections.length === 0 && (
        <p className={styles.help}>
          No sockets were found in the usual places (/run/libvirt/qemu, /var/run/qemu-server, …). Type the path above.
        </p>
      )}
      <Button variant="quiet" size="s" onClick={look}>
        Look again
      </Button>
    </div>
  )
}
