/** Whether a process of this number runs now; it may be another one than the one that wrote the number down. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // what process.kill throws
  }
}
