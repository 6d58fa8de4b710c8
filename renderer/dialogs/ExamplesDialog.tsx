import {
  Cloud,
  CloudCog,
  Grid3x3,
  HeartPulse,
  Layers,
  Layers2,
  Megaphone,
  MoonStar,
  Server,
  Split,
  Waves,
  Zap,
} from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { Example } from '#shared/ipc/contract.ts'
import { invoke, report } from '../bridge/ipc.ts'
import { openLessons } from '../store/lessons.ts'
import { closeDialog, notify, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './ExamplesDialog.module.css'

const ICONS: Readonly<Record<string, ReactNode>> = {
  'noisy-neighbour': <Megaphone />,
  'bursts-done-right': <Zap />,
  'cap-a-vm': <Server />,
  'disks-under-a-cap': <Layers />,
  'disk-under-vm': <Layers2 />,
  'cloud-disks': <Cloud />,
  'instance-and-volumes': <CloudCog />,
  'read-write-split': <Split />,
  'starving-guest': <HeartPulse />,
  'night-shift': <MoonStar />,
  'hundred-devices': <Grid3x3 />,
}

/** Workspaces that show one thing each. Opening one is like opening a file that was never saved. */
export function ExamplesDialog() {
  const open = useUi((ui) => ui.dialog === 'examples')
  return (
    <Dialog open={open} onClose={closeDialog} title="Examples" subtitle="each shows one thing" size="l">
      <Gallery />
    </Dialog>
  )
}

function Gallery() {
  const [examples, setExamples] = useState<readonly Example[]>([])
  useEffect(() => {
    let isHere = true
    invoke('document/examples', null).then(
      (list) => isHere && setExamples(list),
      (error: unknown) => notify('danger', 'The examples could not be read.', String(error)),
    )
    return () => {
      isHere = false
    }
  }, [])
  return (
    <>
      <ul className={styles.grid}>
        {examples.map((example) => (
          <li key={example.id}>
            <button type="button" className={styles.card} onClick={() => void openExample(example.id)}>
              <span className={styles.icon}>{ICONS[example.id] ?? <Waves />}</span>
              <span className={styles.title}>{example.title}</span>
              <span className={styles.text}>{example.description}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className={styles.foot}>
        Three of them step by step:{' '}
        <Button
          size="s"
          onClick={() => {
            closeDialog()
            openLessons()
          }}
        >
          Learn by doing
        </Button>
      </p>
    </>
  )
}

async function openExample(id: string): Promise<void> {
  const outcome = await invoke('document/open-example', { id })
  if (outcome.ok) closeDialog()
  report(outcome, 'document')
}
