// The XML in a text that was copied out of a terminal or put together from several files.

/** `root@kvm:~# virsh dumpxml web01` above a domain, or virsh's own prompt. */
const COMMAND = /^[^<>]*[$#>%] *(?:sudo )?(?:virsh\b[^<>]*)?\bdumpxml\b[^<>]*$/
/** What stands below the last one. */
const PROMPT = /^(?:virsh #|[\w.@:~[\]/ -]*[$#%])\s*$/
const MAX_COMMAND_CHARS = 500

/** Without the commands that printed it; anything else between the domains stays and is no XML. */
export function withoutTerminal(text: string): string {
  const lines = text.split('\n')
  const isShort = (line: string) => line.length <= MAX_COMMAND_CHARS
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return lines
    .map((line, at) => {
      const isShell =
        isShort(line) && (at === last ? PROMPT.test(line) : line.includes('dumpxml') && COMMAND.test(line))
      return isShell ? '' : line
    })
    .join('\n')
}

/**
 * `virsh dumpxml` of several domains, one behind the other, is no single document; nor are the files in which libvirt keeps
 * them, each with a remark above its domain.
 */
export function domainTexts(text: string): readonly string[] {
  const first = firstElement(text)
  // Disks of a domain, cut out of it.
  if (first === 'disk') return [`<devices>${text.replace(/^\s*<\?xml[^>]*>/, '')}</devices>`]
  if (!/^domain(?:snapshot)?$/.test(first)) return [text]
  return text.split(
    /(?<=<\/domain(?:snapshot)?>)\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)*(?=<(?:\?xml|domain|domainsnapshot)[\s>])/,
  )
}

/** The name of the outermost one; a remark above it may speak of others. */
function firstElement(text: string): string {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + '<!--'.length)
      if (end < 0) return ''
      at = end
    } else {
      const [, name] = /^<([A-Za-z_][\w-]*)/.exec(text.slice(at, at + 32)) ?? []
      if (name !== undefined) return name
    }
  }
  return ''
}
