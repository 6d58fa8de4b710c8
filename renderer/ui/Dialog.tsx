import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import styles from './Dialog.module.css'
import { IconButton } from './IconButton.tsx'
import { ToastPlace } from './ToastPlace.tsx'

interface Props {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  /** Beside the title: what it is about. */
  readonly subtitle?: string
  readonly size?: 's' | 'm' | 'l'
  readonly children: ReactNode
  /** Buttons, the one that goes on last. */
  readonly footer?: ReactNode
  /** Content up to the edges, with lines of its own. */
  readonly flush?: boolean
}

/** Modal. Escape, the cross and a press outside close it; the focus goes back to where it was. */
export function Dialog({ open, onClose, title, subtitle, size = 'm', children, footer, flush = false }: Props) {
  const body = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          className={styles.popup}
          data-size={size}
          data-flush={flush || undefined}
          initialFocus={() => firstControl(body.current)}
        >
          <header className={styles.head}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            {subtitle !== undefined && <span className={styles.subtitle}>{subtitle}</span>}
            <Base.Close render={<IconButton label="Close" icon={<X />} />} />
          </header>
          <ToastPlace />
          <div className={styles.body} data-flush={flush || undefined} ref={body} tabIndex={-1}>
            {children}
          </div>
          {footer !== undefined && <footer className={styles.foot}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The cross comes first in the order of keys, but nobody opens a dialog to close it. */
function firstControl(body: HTMLElement | null): HTMLElement | true {
  const control = body?.querySelector<HTMLElement>('button:not(:disabled), input:not(:disabled), textarea, [tabindex]')
  const checked = control?.closest('[role=radiogroup]')?.querySelector<HTMLElement>('[aria-checked=true]')
  return checked ?? control ?? body ?? true
}
