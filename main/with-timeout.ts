/** What `event` resolves to, or `late` after `patienceMs`. Rejects as it does. */
export async function withTimeout<T>(event: Promise<T>, patienceMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), patienceMs)
  })
  try {
    return await Promise.race([event, late])
  } finally {
    clearTimeout(timer)
  }
}
