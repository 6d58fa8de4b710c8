export type EngineErrorCode =
  | 'disk-full'
  | 'disk-failed'
  | 'file-missing'
  | 'file-exists'
  | 'permission'
  | 'iothread-died'
  | 'qmp-refused'
  | 'qmp-lost'
  | 'qmp-busy'
  | 'qmp-timeout'
  | 'libvirt-refused'
  | 'prometheus'
  | 'too-many'
  | 'cancelled'

/**
 * The world is wrong: a disk is full, QMP refused, an iothread died. Thrown where it is met, caught once at the edge
 * (IPC or command line), where `message` is shown to people as it stands and `advice` says what to do next.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'

  readonly code: EngineErrorCode
  readonly advice: string

  constructor(code: EngineErrorCode, message: string, advice: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.advice = advice
  }
}

/** A command was never sent, for certain: it can have had no effect. */
export class UnsentError extends EngineError {
  constructor({ code, message, advice, cause }: EngineError) {
    super(code, message, advice, { cause })
  }
}

/** The VM that was asked for does not run, for certain: nothing of it is left. */
export class NotRunningError extends EngineError {}
