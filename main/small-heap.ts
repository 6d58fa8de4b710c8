import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 collect garbage when the heap is half as large again as what was alive at the last time, instead of up to four times
 * as large: for a process that lives for months and makes garbage at an even rate. What that costs cannot be measured over
 * 200 VMs. For all threads of the process.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
