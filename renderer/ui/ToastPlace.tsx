import { useEffect, useRef, useSyncExternalStore } from 'react'
import styles from './ToastPlace.module.css'

// Messages take room of their own and so can never lie over a button. Where that room is depends on what is in front: each
// frame (the window, a dialog) has a place for them, and the newest of those that stand gets them.

let places: readonly HTMLElement[] = []
const listeners = new Set<() => void>()

function setPlaces(next: readonly HTMLElement[]): void {
  places = next
  for (const listener of listeners) listener()
}

/** Where messages stand while nothing newer has such a place. */
export function ToastPlace() {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const place = root.current
    if (place === null) return
    setPlaces([...places, place])
    return () => setPlaces(places.filter((each) => each !== place))
  }, [])
  return <div ref={root} className={styles.place} />
}

/** null: the window is not drawn yet. */
export function useToastPlace(): HTMLElement | null {
  return useSyncExternalStore(subscribe, newestPlace)
}

function newestPlace(): HTMLElement | null {
  return places.at(-1) ?? null
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
