import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'

// XML in and out, as little of it as libvirt needs. Document types and entities of one's own are refused before anything
// is parsed (that is where entity bombs live), nesting is limited, and only the five predefined entities and character
// references are decoded. The parser takes damaged text for what it might mean (an element closed by another's name, two
// roots, an attribute twice), so the text is first held to be well-formed, by the validator that comes with it.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Own text, decoded, as it stands. */
  readonly text: string
}

const MAX_DEPTH = 100

const TOO_DEEP: Issue = {
  path: '',
  code: 'too-deep',
  message: `this is nested more than ${MAX_DEPTH} levels deep; no domain is`,
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
})

/** The root element of a document, or what is wrong with it. */
export function parseXml(text: string): Result<XmlElement> {
  const issue = hostileIssue(text)
  if (issue) return failed([issue])
  const damage = damageOf(text)
  if (damage !== null) return failed([notXml(damage)])
  let nodes: unknown
  try {
    nodes = parser.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return failed([/nested tags/i.test(reason) ? TOO_DEEP : notXml(reason)])
  }
  const roots = Array.isArray(nodes) ? nodes.flatMap((node) => elementsOf(node)) : []
  const [root] = roots
  if (root === undefined || roots.length > 1) return failed([notXml('it needs exactly one root element')])
  const odd = oddAttribute(nodes)
  return odd === null ? ok(root) : failed([notXml(`the value of ${odd} holds a bare < or &`)])
}

function damageOf(text: string): string | null {
  const valid = XMLValidator.validate(text)
  if (valid === true) return null
  const { msg, line } = valid.err
  return `${msg.replace(/\.$/, '')} (line ${line})`
}

/** An attribute with markup in its value, which the validator passes over. */
function oddAttribute(nodes: unknown): string | null {
  if (!Array.isArray(nodes)) return null
  for (const node of nodes) {
    for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
      const odd =
        key === ':@' ? Object.entries(value ?? {}).find(([, each]) => BARE_MARKUP.test(String(each))) : undefined
      const found = odd === undefined ? oddAttribute(value) : odd[0]
      if (found !== null) return found
    }
  }
  return null
}

const BARE_MARKUP = /<|&(?!(?:lt|gt|amp|quot|apos|#\d+|#x[\da-fA-F]+);)/

function notXml(reason: string): Issue {
  return { path: '', code: 'not-xml', message: `this is not well-formed XML: ${reason.slice(0, 300)}` }
}

function hostileIssue(text: string): Issue | null {
  if (!/^\s*</.test(text)) return notXml('it does not begin with <')
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
    return {
      path: '',
      code: 'document-type',
      message: 'this XML declares a document type or entities of its own; libvirt’s never does, and it is not read',
    }
  }
  return null
}

/** What the parser's ordered form holds: `[{ name: [children], ':@': { attribute: value } }]`. */
function elementsOf(node: unknown): readonly XmlElement[] {
  if (typeof node !== 'object' || node === null) return []
  const entry = Object.entries(node).find(([key]) => key !== ':@' && key !== '#text' && key !== '?xml')
  if (!entry) return []
  const [name, content] = entry
  const attributes = (node as Record<string, unknown>)[':@'] // the parser's own form
  const inside: readonly unknown[] = Array.isArray(content) ? content : []
  return [
    {
      name,
      attributes: Object.fromEntries(
        Object.entries(typeof attributes === 'object' && attributes !== null ? attributes : {}).map(([key, value]) => [
          key,
          decodeEntities(String(value)),
        ]),
      ),
      children: inside.flatMap((each) => elementsOf(each)),
      text: inside.map(textOf).join(''),
    },
  ]
}

function textOf(node: unknown): string {
  if (typeof node !== 'object' || node === null || !('#text' in node)) return ''
  return decodeEntities(String(node['#text']))
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(?:([a-z]{2,4})|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (typeof name === 'string') return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}

export function childOf(element: XmlElement, name: string): XmlElement | null {
  return element.children.find((child) => child.name === name) ?? null
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** All elements of that name, however deep, in document order. */
export function findElements(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findElements(child, name)])
}
