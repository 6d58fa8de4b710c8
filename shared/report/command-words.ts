import type { QmpCommand } from '../qemu/qmp-commands.ts'

// What a command of the page does, in a few words above it: `gold: new limits`.

/** Of the commands that lead from one workspace to another; `''` for any other. */
export function commandWords({ execute, arguments: args }: QmpCommand): string {
  switch (execute) {
    case 'object-add':
      return `${args.id}: new group`
    case 'object-del':
      return `${args.id}: group removed`
    case 'qom-set':
      return qomSetWords(String(args.path), args)
    case 'blockdev-add':
      return `${args['node-name']}: new filter, in ${args['throttle-group']}`
    case 'blockdev-reopen':
      return listOf(args.options)
        .map((node) => `${node['node-name']}: into ${node['throttle-group']}`)
        .join(', ')
    case 'blockdev-del':
      return `${args['node-name']}: filter removed`
    case 'block_set_io_throttle': {
      const disk = args.device ?? args.id
      return args.group === undefined ? `${disk}: no limits` : `${disk}: in ${args.group}, with its limits`
    }
    default:
      return ''
  }
}

function qomSetWords(path: string, { property, value }: QmpCommand['arguments']): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return property === 'limits' ? `${name}: new limits` : `${name}: onto ${value}`
}

function listOf(options: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(options) ? options : []
}
