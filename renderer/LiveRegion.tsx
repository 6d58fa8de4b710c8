import { useUi } from './store/ui.ts'

/** Reads out what a drag, a shortcut or an edit just did. */
export function LiveRegion() {
  const { id, text } = useUi((ui) => ui.announcement)
  return (
    <div className="visually-hidden" role="status" aria-live="assertive" aria-atomic="true">
      <span key={id}>{text}</span>
    </div>
  )
}
