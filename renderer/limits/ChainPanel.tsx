import { Minus, Pencil, Plus } from 'lucide-react'
import { useRef } from 'react'
import { canGiveLevel } from '#shared/workspace/chain-edits.ts'
import { laneOf, ownerOf, ownGroups } from '#shared/workspace/lanes.ts'
import { type Device, findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { addLevel, removeLevel } from '../store/chain-actions.ts'
import { usePaint } from '../store/paint.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { setUi, useShownGroup } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './ChainPanel.module.css'
import { ChainPath } from './ChainPath.tsx'
import { heldSentence } from './chain-words.ts'
import { paintChain } from './paint-chain.ts'
import { SentenceText } from './SentenceText.tsx'

/** The chain of the selected card, from guest to disk: what is used of each level, where it waits, and which level to edit. */
export function ChainPanel({ id }: { readonly id: string }) {
  const device = useWorkspace(({ workspace }) => findDevice(workspace, id))
  return device === undefined ? null : <Chain device={device} />
}

function Chain({ device }: { readonly device: Device }) {
  const { id, groups } = device
  const root = useRef<HTMLElement>(null)
  usePaint((snapshot) => paintChain(root.current, snapshot, id))
  const where = useWorkspace(({ workspace }) => placeWords(workspace, device))
  return (
    <aside ref={root} className={styles.panel} aria-label={`Chain of ${id}`}>
      <header>
        <h1 title={id}>{id}</h1>
        <p className={styles.sub}>{where}</p>
      </header>
      <section className={styles.section} aria-label="From guest to disk">
        <div className={styles.head}>
          <h2>From guest to disk</h2>
          <span className={styles.tag}>{groups.length} levels</span>
        </div>
        <ChainPath device={device} />
        <div className={styles.whole} data-part="whole">
          <p>
            Mean wait of a request <b className="num" data-part="whole-wait" />
          </p>
          <span className={styles.split} aria-hidden="true">
            {groups.map((group, level) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place in the chain
              <i key={level} data-part="share" style={{ background: `var(--level-hue-${level})` }} title={group} />
            ))}
          </span>
        </div>
        <Held device={device} />
        <LevelButtons device={device} />
      </section>
    </aside>
  )
}

/** Which level binds now, and what that means for the others. */
function Held({ device }: { readonly device: Device }) {
  const own = useWorkspace(({ workspace }) => ownOf(workspace, device).join('\n'))
  // The sentence is told again only when its words differ.
  const text = useSnapshot((snapshot) =>
    JSON.stringify(heldSentence(device.id, snapshot?.devices[device.id]?.levels ?? [], own.split('\n'))),
  )
  const sentence = JSON.parse(text) as ReturnType<typeof heldSentence> // written right above
  return (
    sentence !== null && (
      <Note>
        <SentenceText sentence={sentence} />
      </Note>
    )
  )
}

function LevelButtons({ device }: { readonly device: Device }) {
  const shown = useShownGroup()
  // A shared group is renamed at its lane.
  const isOwn = useWorkspace(({ workspace }) => shown !== null && ownerOf(workspace, shown) === device.id)
  const level = shown === null ? -1 : device.groups.indexOf(shown)
  return (
    <div className={styles.buttons}>
      <Button size="s" disabled={!canGiveLevel(device)} onClick={() => addLevel(device.id)}>
        <Plus /> Add a level
      </Button>
      <Button size="s" disabled={level < 0} onClick={() => removeLevel(device.id, level)}>
        <Minus /> Remove this level
      </Button>
      <Button
        size="s"
        disabled={!isOwn}
        onClick={() => shown !== null && setUi({ renaming: { kind: 'group', name: shown } })}
      >
        <Pencil /> Rename
      </Button>
    </div>
  )
}

function ownOf(workspace: Workspace, device: Device): readonly string[] {
  return findDevice(workspace, device.id) === undefined ? [] : ownGroups(workspace, device)
}

/** `Disk · in web01, with limits of its own`. */
function placeWords(workspace: Workspace, device: Device): string {
  if (findDevice(workspace, device.id) === undefined) return 'Disk'
  const own = ownGroups(workspace, device).length > 0 ? ', with limits of its own' : ''
  return `Disk · in ${laneOf(workspace, device)}${own}`
}
