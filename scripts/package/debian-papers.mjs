// The papers of a Debian package that are made from what the project keeps anyway: changelog, copyright, the libc it needs.
// Debian's policy: 4.4 (debian/changelog), 12.5 (copyright), 8.6 (a dependency on every library that is used).
import fs from 'node:fs'
import path from 'node:path'

const WIDTH = 78

/** Words on lines of at most WIDTH characters, the first after `first`, the others after `rest`. */
function wrap(text, first, rest) {
  const lines = []
  let line = first
  for (const word of text.split(/\s+/)) {
    const isBare = line === first || line === rest
    if (!isBare && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = rest
    }
    line += line === first || line === rest ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}

/** The continuation lines of a control field: an empty line is a dot. */
export function fieldLines(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .map((line) => (line === '' ? ' .' : wrap(line, ' ', ' ')))
    .join('\n')
}

/** The newest section of CHANGELOG.md as one entry in Debian's form. `date`: when the file was changed last. */
export function changelogText(markdown, { name, version, maintainer, date }) {
  const newest = markdown.split(/^## /m)[1] ?? ''
  const items = [...newest.matchAll(/^- (.*)$/gm)].map(([, item]) => wrap(item, '  * ', '    '))
  const stamp = date.toUTCString().replace('GMT', '+0000')
  return `${name} (${version}) unstable; urgency=medium\n\n${items.join('\n')}\n\n -- ${maintainer}  ${stamp}\n`
}

/** Licences of which Debian keeps the text: a package points there. */
const COMMON = new Map([['Apache-2.0', '/usr/share/common-licenses/Apache-2.0']])

/** One part of the bundled modules' licences, `## name - version (licence)` and the text. */
function thirdParty([, module = '', licence = '', text = '']) {
  const common = COMMON.get(licence)
  const body = common === undefined ? text.trim() : `The text of ${licence} is in ${common}.`
  return `${module} (${licence})\n\n${body === '' ? 'No text came with it.' : body}\n`
}

/** Everything under whose licence the package is: Weir's own, the runtime's, and those of every bundled module. */
export function copyrightText(ownLicence, bundledMarkdown) {
  const parts = [...bundledMarkdown.matchAll(/^## (.+) \(([^()]+)\)\n([\s\S]*?)(?=^## |(?![\s\S]))/gm)].map(thirdParty)
  const rule = `\n${'-'.repeat(WIDTH)}\n\n`
  const runtime = [
    'The runtime (Electron, Chromium, Node.js and what they are made of) comes with',
    'its own texts: /opt/Weir/LICENSE.electron.txt and',
    '/opt/Weir/LICENSES.chromium.html.',
  ].join('\n')
  return [`Weir\n\n${ownLicence}`, `${runtime}\n`, ...new Set(parts)].join(rule)
}

/** `libc6 (>= 2.28)`: the newest version of a symbol that any binary below `folder` asks the C library for; null: none does. */
export function libcDependency(folder) {
  let newest = -1
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    for (const minor of libcMinors(path.join(entry.parentPath, entry.name))) newest = Math.max(newest, minor)
  }
  return newest === -1 ? null : `libc6 (>= 2.${newest})`
}

function libcMinors(file) {
  const handle = fs.openSync(file)
  try {
    const magic = Buffer.alloc(4)
    if (fs.readSync(handle, magic) < 4 || magic.toString('latin1') !== '\x7fELF') return []
  } finally {
    fs.closeSync(handle)
  }
  const text = fs.readFileSync(file).toString('latin1')
  return [...text.matchAll(/\0GLIBC_2\.(\d+)(?:\.\d+)?(?=\0)/g)].map(([, minor]) => Number(minor))
}

/** What lintian says of every package of a vendor that brings its own Chromium, and why it is so. */
export function lintianOverrides(name) {
  return `# Third-party software of a vendor belongs in /opt (FHS 3.13); this is no package of Debian's archive.
${name}: dir-or-file-in-opt *
# The runtime is Electron's own build: its libraries are part of it, and stripping would change what its makers have tested.
${name}: embedded-library *
${name}: unstripped-binary-or-object *
# No public address yet.
${name}: bogus-mail-host *
${name}: bogus-mail-host-in-debian-changelog *
`
}
