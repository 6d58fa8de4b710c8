/**
 * The origin of a page's address. Node's own `URL.origin` is the text `null` for every scheme that browsers do not know,
 * `app:` included, which would make all of them one origin. An address that is none has no origin: ''.
 */
export function originOf(address: string): string {
  if (!URL.canParse(address)) return ''
  const { protocol, host } = new URL(address)
  return host === '' ? '' : `${protocol}//${host}`
}
