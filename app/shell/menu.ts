import path from 'node:path'
import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '#shared/ipc/menu-commands.ts'

// The native menu. What the page can do itself is sent there as a command; its own key bindings do the same, so the
// accelerators of those entries are shown here but not registered (macOS registers them all the same and sends them here).

export interface MenuPorts {
  readonly isMac: boolean
  readonly isDevelopment: boolean
  readonly recent: readonly string[]
  readonly send: (command: MenuCommand) => void
  readonly newWindow: () => void
  readonly newDocument: () => void
  readonly open: () => void
  readonly openRecent: (index: number) => void
  readonly clearRecent: () => void
  /** One step in, one step out, or back to 100 %. */
  readonly zoom: (step: 'in' | 'out' | 'reset') => void
  readonly openLogFolder: () => void
  readonly copyDiagnostics: () => void
}

type Entry = MenuItemConstructorOptions

const LINE: Entry = { type: 'separator' }

export function buildMenu(ports: MenuPorts): Menu {
  const menus: Entry[] = [fileMenu(ports), editMenu(ports), boardMenu(ports), viewMenu(ports), helpMenu(ports)]
  if (ports.isMac) menus.unshift({ role: 'appMenu' })
  return Menu.buildFromTemplate(menus)
}

function command({ send }: MenuPorts, name: MenuCommand, label: string, accelerator?: string): Entry {
  const entry: Entry = { id: name, label, click: () => send(name) }
  return accelerator === undefined ? entry : { ...entry, accelerator, registerAccelerator: false }
}

function fileMenu(ports: MenuPorts): Entry {
  const pageKeys = { registerAccelerator: false } as const
  const recent: Entry[] = ports.recent.map((file, index) => ({
    label: path.basename(file),
    toolTip: file,
    click: () => ports.openRecent(index),
  }))
  return {
    label: '&File',
    submenu: [
      { label: '&New', accelerator: 'CmdOrCtrl+N', ...pageKeys, click: ports.newDocument },
      { label: 'New &Window', accelerator: 'CmdOrCtrl+Shift+N', click: ports.newWindow },
      { label: '&Open…', accelerator: 'CmdOrCtrl+O', ...pageKeys, click: ports.open },
      {
        label: 'Open &Recent',
        enabled: recent.length > 0,
        submenu: [...recent, LINE, { label: 'Clear', click: ports.clearRecent }],
      },
      command(ports, 'examples', 'E&xamples…'),
      LINE,
      command(ports, 'save', '&Save', 'CmdOrCtrl+S'),
      command(ports, 'save-as', 'Save &As…', 'CmdOrCtrl+Shift+S'),
      LINE,
      command(ports, 'import', '&Import…', 'CmdOrCtrl+I'),
      command(ports, 'export', '&Export…', 'CmdOrCtrl+E'),
      LINE,
      command(ports, 'settings', 'Se&ttings…', 'CmdOrCtrl+,'),
      LINE,
      { role: 'close' },
      ...(ports.isMac ? [] : [LINE, { role: 'quit' } satisfies Entry]),
    ],
  }
}

function editMenu(ports: MenuPorts): Entry {
  return {
    label: '&Edit',
    submenu: [
      command(ports, 'undo', '&Undo', 'CmdOrCtrl+Z'),
      command(ports, 'redo', '&Redo', 'CmdOrCtrl+Shift+Z'),
      LINE,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      LINE,
      command(ports, 'duplicate', '&Duplicate', 'CmdOrCtrl+D'),
      command(ports, 'delete', 'De&lete', 'Delete'),
      command(ports, 'select-all', 'Select &All Devices', 'CmdOrCtrl+A'),
      LINE,
      command(ports, 'palette', '&Find…', 'CmdOrCtrl+K'),
    ],
  }
}

function boardMenu(ports: MenuPorts): Entry {
  return {
    label: '&Board',
    submenu: [
      command(ports, 'start-pause', '&Start or Pause', 'CmdOrCtrl+Enter'),
      command(ports, 'reset', '&Reset', 'CmdOrCtrl+Shift+Enter'),
      LINE,
      command(ports, 'new-group', 'New &Group', 'CmdOrCtrl+G'),
      command(ports, 'new-device', 'New &Device', 'CmdOrCtrl+Shift+D'),
      command(ports, 'give-own-limits', 'Give Limits of Its &Own', 'CmdOrCtrl+L'),
      command(ports, 'take-own-limits', '&Remove Its Own Limits', 'CmdOrCtrl+Shift+L'),
      LINE,
      command(ports, 'mode-lab', '&Lab', 'CmdOrCtrl+1'),
      command(ports, 'mode-qemu', 'Live &QEMU', 'CmdOrCtrl+2'),
      command(ports, 'mode-predict', '&Predict', 'CmdOrCtrl+3'),
      command(ports, 'choose', 'C&hoose', 'CmdOrCtrl+4'),
      command(ports, 'choose-recording', 'Choose &from a Recording…'),
      LINE,
      command(ports, 'connect', '&Connect to a VM…'),
    ],
  }
}

function viewMenu(ports: MenuPorts): Entry {
  return {
    label: '&View',
    submenu: [
      command(ports, 'toggle-dock', '&Dock', 'CmdOrCtrl+J'),
      command(ports, 'toggle-panel', '&Limits Panel', 'CmdOrCtrl+B'),
      LINE,
      { label: 'Zoom &In', accelerator: 'CmdOrCtrl+Plus', click: () => ports.zoom('in') },
      { label: 'Zoom In', accelerator: 'CmdOrCtrl+=', visible: false, click: () => ports.zoom('in') },
      { label: 'Zoom &Out', accelerator: 'CmdOrCtrl+-', click: () => ports.zoom('out') },
      { label: '&Actual Size', accelerator: 'CmdOrCtrl+0', click: () => ports.zoom('reset') },
      LINE,
      { role: 'togglefullscreen' },
      ...(ports.isDevelopment ? ([LINE, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies Entry[]) : []),
    ],
  }
}

function helpMenu(ports: MenuPorts): Entry {
  return {
    role: 'help',
    submenu: [
      command(ports, 'lessons', 'Learn by &Doing…'),
      command(ports, 'shortcuts', '&Keyboard Shortcuts', 'CmdOrCtrl+/'),
      LINE,
      { label: 'Open &Log Folder', click: ports.openLogFolder },
      { label: 'Copy &Diagnostics', click: ports.copyDiagnostics },
      LINE,
      command(ports, 'about', '&About Weir'),
    ],
  }
}
