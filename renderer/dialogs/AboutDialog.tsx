import { useState } from 'react'
import type { About } from '#shared/ipc/about.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { CodeView } from '../ui/CodeView.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './AboutDialog.module.css'

export function AboutDialog() {
  const open = useUi((ui) => ui.dialog === 'about')
  const about = useUi((ui) => ui.about)
  return (
    <Dialog open={open} onClose={closeDialog} title="About Weir">
      {about && <Body about={about} />}
    </Dialog>
  )
}

function Body({ about }: { readonly about: About }) {
  const [licences, setLicences] = useState<string | null>(null)
  const versions = [
    ['Electron', about.electron],
    ['Chromium', about.chrome],
    ['Node', about.node],
    ['System', about.platform],
  ] as const
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        <Mark size={44} />
        <div>
          <p className={styles.name}>
            Weir <span className={styles.version}>{about.version}</span>
          </p>
          <p className={styles.line}>See, try, tune and export QEMU’s disk I/O throttle groups.</p>
        </div>
      </div>
      <dl className={styles.versions}>
        {versions.map(([name, version]) => (
          <div key={name} className={styles.pair}>
            <dt className={styles.term}>{name}</dt>
            <dd className={styles.value}>{version}</dd>
          </div>
        ))}
      </dl>
      {about.runtimeNote !== null && <Note>{about.runtimeNote}</Note>}
      <p className={styles.line}>
        MIT licence. QEMU is a trademark of Fabrice Bellard; Weir is not part of the QEMU project and contains none of
        its code.
      </p>
      {licences !== null && (
        <div className={styles.licences}>
          <CodeView label="Third-party licences" text={licences} language="text" />
        </div>
      )}
      <div className={styles.actions}>
        {licences === null && (
          <Button onClick={() => void invoke('app/licences', null).then((text) => setLicences(text))}>
            Third-party licences
          </Button>
        )}
        <Button onClick={() => reportFailure(invoke('app/copy-diagnostics', null))}>Copy diagnostics</Button>
      </div>
    </div>
  )
}
