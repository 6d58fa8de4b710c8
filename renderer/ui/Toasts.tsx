import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { createPortal } from 'react-dom'
import { IconButton } from './IconButton.tsx'
import { useToastPlace } from './ToastPlace.tsx'
import styles from './Toasts.module.css'

export interface ToastMessage {
  readonly id: number
  readonly tone: 'info' | 'ok' | 'warn' | 'danger'
  readonly message: string
  readonly advice: string
}

interface Props {
  readonly toasts: readonly ToastMessage[]
  readonly onDismiss: (id: number) => void
}

const ICONS: Readonly<Record<ToastMessage['tone'], ReactNode>> = {
  info: <Info />,
  ok: <CircleCheck />,
  warn: <TriangleAlert />,
  danger: <CircleAlert />,
}

const SHOWN_MS = 6000

/**
 * Short messages at the frame in front: a dialog's if one is open, else the window's. Good news goes by itself; a warning
 * or an error stays until it is dismissed.
 */
export function Toasts({ toasts, onDismiss }: Props) {
  const place = useToastPlace()
  if (place === null) return null
  return createPortal(
    <section className={styles.region} aria-label="Messages" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} onDismiss={onDismiss} />
      ))}
    </section>,
    place,
  )
}

function ToastCard({ toast, onDismiss }: { readonly toast: ToastMessage; readonly onDismiss: (id: number) => void }) {
  const { id, tone } = toast
  const stays = tone === 'warn' || tone === 'danger'
  useEffect(() => {
    if (stays) return
    const timer = setTimeout(() => onDismiss(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, stays, onDismiss])
  return (
    <div className={styles.toast} data-tone={tone} role={tone === 'danger' ? 'alert' : undefined}>
      {ICONS[tone]}
      <div className={styles.text}>
        <p>{toast.message}</p>
        {toast.advice !== '' && <p className={styles.advice}>{toast.advice}</p>}
      </div>
      <IconButton label="Dismiss" icon={<X />} size="s" onClick={() => onDismiss(id)} />
    </div>
  )
}
