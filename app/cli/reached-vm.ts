import { withVm } from '#main/live/apply-workspace.ts'

type Work<T> = Parameters<typeof withVm<T>>[1]

/** As `withVm`: the signal ends the attempt to connect, and not the connection under what is done with the VM. */
export async function withReachedVm<T>(
  address: Parameters<typeof withVm>[0],
  work: Work<T>,
  { signal, ...options }: NonNullable<Parameters<typeof withVm>[2]> & { readonly signal: AbortSignal },
): Promise<T> {
  const attempt = new AbortController()
  const giveUp = () => attempt.abort()
  const reached = () => signal.removeEventListener('abort', giveUp)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  const working: Work<T> = (vm) => {
    reached()
    return work(vm)
  }
  return withVm(address, working, { ...options, signal: attempt.signal }).finally(reached)
}
