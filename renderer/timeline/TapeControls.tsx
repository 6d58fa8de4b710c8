import { Copy, Save } from 'lucide-react'
import { useTape } from '../store/tape.ts'
import { useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { copyText, saveText } from './take-away.ts'
import { tapeText } from './tape.ts'
import { useTapeEntries } from './use-tape.ts'

/** Copy all, save all. */
export function TapeControls() {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const sent = useTape((state) => state.sent)
  const entries = useTapeEntries()
  const text = isLive ? sent.map(({ command }) => `${command}\n`).join('') : tapeText(entries)
  const isEmpty = text === ''
  return (
    <>
      <Button size="s" disabled={isEmpty} onClick={() => copyText(text, 'All commands copied.')}>
        <Copy /> Copy all
      </Button>
      <Button size="s" disabled={isEmpty} onClick={() => saveText(fileName(), text)}>
        <Save /> Save…
      </Button>
    </>
  )
}

function fileName(): string {
  const stem = currentWorkspace()
    .name.replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return `${stem === '' ? 'weir' : stem}.qmp`
}
