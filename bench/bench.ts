import fs from 'node:fs'
import path from 'node:path'
import { inlineMore } from '#main/inline-more.ts'
import { type Report, runAll } from './run-all.ts'
import { tables } from './tables.ts'

/** `npm run bench`: table, or one JSON object; the whole run also writes bench/results.json. */
export async function bench(
  argv: readonly string[],
  { root, out }: { readonly root: string; readonly out: URL },
): Promise<number> {
  const unknown = argv.filter((arg) => !['--quick', '--json'].includes(arg))
  if (unknown.length > 0) {
    console.error(`bench knows --quick and --json, not ${unknown.join(' ')}`)
    return 2
  }
  inlineMore() // as the command line does
  const isQuick = argv.includes('--quick')
  const asJson = argv.includes('--json')
  const report: Report = await runAll({ root, out, isQuick, say: (line) => console.error(line) })
  if (asJson) console.log(JSON.stringify(report, null, 2))
  else for (const line of tables(report)) console.log(line)
  if (!isQuick) fs.writeFileSync(path.join(root, 'bench/results.json'), `${JSON.stringify(report, null, 2)}\n`)
  return 0
}
