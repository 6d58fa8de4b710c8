import { MARK_PATHS } from '#shared/mark.ts'

/** Weir's mark: water over a sill and the sluices below. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d={MARK_PATHS.water} stroke="var(--color-read)" />
      <path d={MARK_PATHS.sill} stroke="var(--color-text)" />
      <path d={MARK_PATHS.sluices} stroke="var(--color-read)" opacity="0.75" />
    </svg>
  )
}
