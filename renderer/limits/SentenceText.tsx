import type { Sentence } from '#shared/throttle/burst-words.ts'

/** The thin space between thousands would let a line break inside a number. */
function unbroken(text: string): string {
  return text.replaceAll('\u2009', '\u202f')
}

export function SentenceText({ sentence }: { readonly sentence: Sentence }) {
  return sentence.map((part, index) =>
    typeof part === 'string' ? (
      unbroken(part)
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place in the sentence
      <b key={index}>{unbroken(part.strong)}</b>
    ),
  )
}
