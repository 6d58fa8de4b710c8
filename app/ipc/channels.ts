// The two Electron channels that carry the whole contract of shared/ipc.

/** Page → main process: contract channel and payload; answered by an `IpcAnswer`. */
export const REQUEST_CHANNEL = 'weir/request'
/** Main process → page: push channel, its payload as JSON text (see `WeirBridge.on`) or a part of it, and whether the rest follows. */
export const PUSH_CHANNEL = 'weir/push'

export type IpcAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }
