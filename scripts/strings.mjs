// node scripts/strings.mjs [WORD]: every text that people may read in the window, on the command line or in an error, with
// its place, so that all of them can be read once. With WORD only those that contain it.
import fs from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vite'

const ROOT = path.resolve(import.meta.dirname, '..')
const FOLDERS = ['app', 'main', 'renderer', 'shared']
/** Attributes whose text nobody reads. */
const SILENT = new Set([
  'className',
  'd',
  'viewBox',
  'style',
  'role',
  'type',
  'data-part',
  'data-metric',
  'href',
  'key',
])

const word = process.argv[2]?.toLowerCase() ?? ''
for (const file of FOLDERS.flatMap((folder) => filesIn(path.join(ROOT, folder)))) {
  const code = fs.readFileSync(file, 'utf8')
  const lang = file.endsWith('x') ? 'tsx' : 'ts'
  for (const { text, at } of textsOf(parseAst(code, { lang }))) {
    if (!isRead(text) || !text.toLowerCase().includes(word)) continue
    const line = code.slice(0, at).split('\n').length
    process.stdout.write(`${path.relative(ROOT, file)}:${line}  ${text.trim().replace(/\s+/g, ' ')}\n`)
  }
}

function filesIn(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : filesIn(full)
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [full] : []
  })
}

/** Words, not a key, a class or a path: two words, or one that begins a sentence. */
function isRead(text) {
  return /[a-z]{2,}[^\n]* [^\n]*[a-z]/i.test(text) || /^[A-Z][a-z]{2,}[.…?]?$/.test(text.trim())
}

function* textsOf(node) {
  if (Array.isArray(node)) {
    for (const each of node) yield* textsOf(each)
    return
  }
  if (node === null || typeof node !== 'object' || typeof node.type !== 'string') return
  if (node.type === 'ImportDeclaration' || node.type === 'TSLiteralType') return
  if (node.type === 'JSXAttribute' && SILENT.has(node.name.name)) return
  // An assertion speaks to whoever reads the log.
  if (node.type === 'CallExpression' && node.callee.name === 'assert') return
  if (node.type === 'Literal' && typeof node.value === 'string') yield { text: node.value, at: node.start }
  else if (node.type === 'JSXText') yield { text: node.value, at: node.start }
  else if (node.type === 'TemplateLiteral') {
    yield { text: node.quasis.map((quasi) => quasi.value.cooked ?? '').join('{…}'), at: node.start }
  }
  for (const [key, value] of Object.entries(node)) if (key !== 'type') yield* textsOf(value)
}
