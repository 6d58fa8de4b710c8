import type { Format } from '#shared/formats/format.ts'
import { ok } from '#shared/issue.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'

/** Weir's own files can be merged too; they are opened, not exported, hence no part of the table of formats. */
export const WEIR_FORMAT: Format = {
  id: 'weir',
  title: 'Weir workspace',
  family: 'Others',
  direction: 'in',
  fileExtension: '.json',
  note: '',
  options: [],
  read: (text) => {
    const parsed = parseWorkspaceText(text)
    return parsed.ok ? ok({ workspace: parsed.value, losses: [], notes: [], files: [], machines: [] }) : parsed
  },
}

export function isWeirText(text: string): boolean {
  return /"format"\s*:\s*"weir-workspace\//.test(text.slice(0, 4096))
}
