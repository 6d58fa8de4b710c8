// The content security policy of the window: everything from the app's own origin, nothing inline, nothing remote.
// The nonce is for the style elements that Base UI and dnd-kit insert; it is new with every load.

export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Puts the nonce where the page finds it: `document.querySelector('meta[property=csp-nonce]').nonce`. */
export function insertNonce(html: string, nonce: string): string {
  return html.replace('<head>', `<head>\n    <meta property="csp-nonce" nonce="${nonce}" />`)
}
