import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

// What texts and comments name must be there: files, folders, headings. A name that is wrong costs a newcomer more than
// none.

const ROOT = path.join(import.meta.dirname, '../..')
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && fs.existsSync(path.join(ROOT, file)))
const baseNames = new Set(files.map((file) => path.basename(file)))
const texts = files.filter((file) => file.endsWith('.md'))
const sources = files.filter((file) => /\.(ts|tsx|mjs|css|grit)$/.test(file))

/** Made by the build, or of the reader's own machine. */
const MADE = /^(out|dist|node_modules|release|\.cache)\b/

function read(file) {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}

/** As GitHub names the place of a heading. */
function placeOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

function hasPlace(file, place) {
  const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => placeOf(heading))
  return headings.includes(place)
}

function isDangling(file, link) {
  const [target, place] = decodeURI(link).split('#')
  const found = target === '' ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
  if (!fs.existsSync(path.join(ROOT, found))) return true
  return place !== undefined && found.endsWith('.md') && !hasPlace(found, place)
}

/** The words of a comment or a code span that look like a file or a folder of ours. */
function pathsIn(text) {
  return [...text.matchAll(/(?<![\w./#@-])(?:main|shared|renderer|app|e2e|bench|scripts|docs)\/[\w./-]*\w\/?/g)].map(
    ([name]) => name.replace(/\/$/, ''),
  )
}

function isOurs(name) {
  if (fs.existsSync(path.join(ROOT, name)) || MADE.test(name)) return true
  return ['.ts', '.tsx', '.md', '.mjs'].some((ending) => fs.existsSync(path.join(ROOT, name + ending)))
}

/** Comments only: code that names a file which is not there does not run. */
function commentsOf(file) {
  return [...read(file).matchAll(/^\s*(?:\/\/|\*|\/\*\*).*$|\s\/\/ .*$/gm)].map(([line]) => line)
}

test('links in texts lead somewhere', () => {
  const dangling = texts.flatMap((file) =>
    [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^[a-z]+:/.test(link) && isDangling(file, link))
      .map((link) => `${file}: ${link}`),
  )
  expect(dangling).toEqual([])
})

test('files and folders that texts name are there', () => {
  const absent = texts.flatMap((file) =>
    [...read(file).matchAll(/`([^`\n]+)`/g)]
      .flatMap(([, span]) => pathsIn(span))
      .filter((name) => !isOurs(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(absent).toEqual([])
})

test('files and folders that comments name are there', () => {
  const absent = sources.flatMap((file) =>
    commentsOf(file)
      .flatMap((line) => {
        const paths = pathsIn(line).filter((name) => !isOurs(name))
        const names = [...line.matchAll(/(?<![\w/.*-])[\w-]+\.(?:ts|tsx|mjs|md)\b/g)].map(([name]) => name)
        return [...paths, ...names.filter((name) => !baseNames.has(name))]
      })
      .map((name) => `${file}: ${name}`),
  )
  expect(absent).toEqual([])
})

test('nobody refers to papers that are not in the project', () => {
  const papers = /\b(?:DESIGN|SPEC|STYLE|NEXT|MOVES|RUNTIME|VERSIONS)(?:\.md|(?= §| \d|[,.)]))/
  const referring = [...sources, ...texts]
    .filter((file) => file !== 'scripts/lint/named-files.test.mjs')
    .flatMap((file) =>
      (file.endsWith('.md') ? read(file).split('\n') : commentsOf(file))
        .filter((line) => papers.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(referring).toEqual([])
})
