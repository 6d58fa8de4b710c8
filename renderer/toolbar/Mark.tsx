/** A weir: water above, the sill, what is let through below. */
export function Mark() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 22 22"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 7c3-3 6 3 9 0s6 3 9 0" stroke="var(--color-read)" />
      <path d="M2 12h18" stroke="var(--color-text)" />
      <path d="M6 13v6M11 13v6M16 13v6" stroke="var(--color-read)" opacity=".75" />
    </svg>
  )
}
