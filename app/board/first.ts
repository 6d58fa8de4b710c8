import type { Recovered } from '../document/recovery.ts'

/** What a new board shows first. */
export type First =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'recovered'; readonly recovered: Recovered }
  | { readonly kind: 'example' }
  | { readonly kind: 'empty' }
