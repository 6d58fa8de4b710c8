import styles from './ExportNotes.module.css'

/** What else there is to know about the text, all of it: a note may be a command to be sent once, by hand. */
export function ExportNotes({ notes }: { readonly notes: readonly string[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <section className={styles.notes} aria-label="Notes" tabIndex={0}>
      <h3 className={styles.title}>
        {notes.length} {notes.length === 1 ? 'note' : 'notes'}
      </h3>
      <ul className={styles.list}>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
}
