// Writing measured values into elements that React has drawn and left empty. Only what changed touches the page.

/** Text alone. */
export function writeText(element: HTMLElement | null, text: string): void {
  if (!element) return
  const node = element.firstChild
  if (node?.nodeType === Node.TEXT_NODE) {
    if (node.nodeValue !== text) node.nodeValue = text
  } else element.textContent = text
}

/** The number itself in `data-value` for tests and tools, the short form for people; null: not known. */
export function writeMetric(element: HTMLElement | null, value: number | string | null, text: string): void {
  if (!element) return
  const raw = value === null ? '' : String(value)
  if (element.dataset.value !== raw) element.dataset.value = raw
  writeText(element, text)
}

/** `data-NAME="VALUE"`, or no such attribute for null. */
export function writeAttribute(element: Element | null, name: string, value: string | null): void {
  if (!element || element.getAttribute(name) === value) return
  if (value === null) element.removeAttribute(name)
  else element.setAttribute(name, value)
}

/** A bar's filled part, 0…1: a transform, so that no layout follows. */
export function writeShare(element: HTMLElement | null, share: number): void {
  if (!element) return
  const transform = `scaleX(${Math.max(0, Math.min(1, share)).toFixed(3)})`
  if (element.style.transform !== transform) element.style.transform = transform
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
