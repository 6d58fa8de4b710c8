/** `text` with a path's folders as `…` where there is no room for them: the file's name tells more than where it lies. */
export function shortenPaths(text: string): string {
  return text.replace(/(^|\s)(?:[A-Za-z]:)?(?:[\\/][^\\/\s:]+){2,}(?=[\\/][^\\/\s])/g, '$1…')
}
