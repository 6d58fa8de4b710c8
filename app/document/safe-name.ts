/** A name that leads into no other folder, whatever the page suggests. */
export function safeName(name: string): string {
  const base = name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, '-').replace(/^\.+/, '')
  return base === '' ? 'weir.txt' : base
}

/** A workspace's name as a file name: `Noisy neighbour` → `noisy-neighbour`. */
export function fileNameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'workspace' : plain.slice(0, 100)
}
