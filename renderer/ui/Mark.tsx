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
      <path d="M2 7c3-3 6 3 9 0s6 3 9 0" stroke="var(--color-read)" />
      <path d="M2 12h18" stroke="var(--color-text)" />
      <path d="M6 13v6M11 13v6M16 13v6" stroke="var(--color-read)" opacity="0.75" />
    </svg>
  )
}
