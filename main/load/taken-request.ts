/**
 * The request that a stream was asked for last. Who serves many streams keeps one of these for all, so that it stays in
 * the processor's nearest cache and no request costs an allocation.
 */
export class TakenRequest {
  /** 0 read, 1 write: an index into DIRECTIONS. */
  direction: 0 | 1 = 0
  offset = 0
  bytes = 0
  arrivalNs = 0
}
