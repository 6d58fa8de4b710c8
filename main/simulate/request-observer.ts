/** Told of every request when it is done. Times in ns; `flow` is device * 2 + direction. */
export type RequestObserver = (
  flow: number,
  offset: number,
  bytes: number,
  arrivalNs: number,
  goNs: number,
  doneNs: number,
) => void
