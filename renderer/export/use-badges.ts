import { useEffect, useState } from 'react'
import type { Format } from '#shared/formats/format.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Choices, type Origins, type Preview, previewOf } from './export-model.ts'

export interface FormatBadge {
  readonly text: string
  readonly tone: 'ok' | 'warn' | 'plain'
}

/**
 * What each format would lose, worked out one format per task: writing a thousand devices in twenty languages at once
 * would hold up typing and scrolling.
 */
export function useBadges(
  formats: readonly Format[],
  workspace: Workspace,
  choices: Choices,
  origins: Origins,
): ReadonlyMap<string, FormatBadge> {
  const [badges, setBadges] = useState<ReadonlyMap<string, FormatBadge>>(new Map())
  useEffect(() => {
    const left = [...formats]
    const step = () => {
      const format = left.shift()
      if (!format) return
      const badge = badgeOf(previewOf(format, workspace, choices, origins))
      setBadges((known) => new Map(known).set(format.id, badge))
      timer = setTimeout(step)
    }
    let timer = setTimeout(step)
    return () => clearTimeout(timer)
  }, [formats, workspace, choices, origins])
  return badges
}

function badgeOf(preview: Preview): FormatBadge {
  if (preview.kind === 'refused') return { text: 'needs input', tone: 'plain' }
  const { exact, badge } = preview.summary
  if (exact) return { text: badge, tone: 'ok' }
  return { text: badge, tone: badge.endsWith('lost') ? 'warn' : 'plain' }
}
