import type { Sentence } from '#shared/throttle/burst-words.ts'

export function SentenceText({ sentence }: { readonly sentence: Sentence }) {
  return sentence.map((part, index) =>
    typeof part === 'string' ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place in the sentence
      <b key={index}>{part.strong}</b>
    ),
  )
}
