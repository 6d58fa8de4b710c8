/** A name that leads into no other folder, whatever the page suggests. */
export function safeName(name: string): string {
  const base = name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, '-').replace(/^\.+/, '')
  return base === '' ? 'weir.txt' : base
}
