import { type Draft, notUnderstood } from '../draft.ts'
import { isObject, type JsonObject, textMember } from '../text/json-stream.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { parseOptionPairs, parseOptionTree } from './qemu-options.ts'

// Words of throttling in options in which they limit nothing: `-m 1G,iops_rd=7`, `-device virtio-blk,drive=d,bps=5`. Most
// are refused by QEMU; none may seem to hold. Values are anybody's, such as names and paths, and are not looked at.

const MAX_NAMED = 20

/** `text`: the option's value. */
export function reportStrayThrottling(draft: Draft, path: string, text: string): void {
  const tree = text.trimStart().startsWith('{') ? parseOptionTree(text, '') : null
  const names = tree === null ? namesOfPairs(text) : namesOfTree(tree)
  for (const name of names.filter(looksLikeThrottling).slice(0, MAX_NAMED))
    notUnderstood(draft, path, `${JSON.stringify(name.slice(0, 80))} limits nothing here`)
}

function namesOfPairs(text: string): readonly string[] {
  const pairs = parseOptionPairs(text, 'first word')
  const isThrottle = pairs.some(
    ([name, value]) => value === 'throttle' && /^(?:first word|(?:.*\.)?driver)$/.test(name),
  )
  return pairs.map(([name]) => name).filter((name) => !(isThrottle && /(?:^|\.)throttle-group$/.test(name)))
}

function namesOfTree(tree: JsonObject): readonly string[] {
  const isThrottle = textMember(tree, 'driver') === 'throttle'
  return Object.entries(tree).flatMap(([name, value]) => [
    ...(isThrottle && name === 'throttle-group' ? [] : [name]),
    ...(isObject(value) ? namesOfTree(value) : []),
  ])
}
