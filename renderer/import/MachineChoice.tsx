import type { SeenMachine } from '#shared/formats/format.ts'
import { ChoiceList } from '../ui/ChoiceList.tsx'
import { Note } from '../ui/Note.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './MachineChoice.module.css'

interface Props {
  readonly machines: readonly SeenMachine[]
  /** null: none is chosen yet. */
  readonly machine: string | null
  readonly onMachine: (machine: string) => void
}

/** Which of the machines that a text is about: all in sight until one is chosen, in a row above it afterwards. */
export function MachineChoice({ machines, machine, onMachine }: Props) {
  if (machine !== null) {
    const options = machines.map(({ name, about }) => ({ value: name, label: name, hint: about }))
    return (
      <div className={styles.chosen}>
        <span>Machine</span>
        <Select label="Machine" value={machine} options={options} onChange={onMachine} size="s" />
        <span className={styles.count}>one of {machines.length}</span>
      </div>
    )
  }
  const choices = machines.map(({ name, about }) => ({
    value: name,
    label: name,
    badge: <small className={styles.about}>{about}</small>,
  }))
  return (
    <>
      <Note tone="warn">This text is about {machines.length} machines. A workspace holds one: choose which.</Note>
      <div className={styles.list}>
        <ChoiceList label="Machine" value="" sections={[{ title: 'Machines', choices }]} onChange={onMachine} />
      </div>
    </>
  )
}
