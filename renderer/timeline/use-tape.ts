import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { type Step, useWorkspace } from '../store/workspace.ts'
import { type TapeEntry, tapeOf } from './tape.ts'

/** The tape as of the last finished step: while a gesture goes on its values would be commands nobody means. */
export function useTapeEntries(): readonly TapeEntry[] {
  const { past, future, now } = useWorkspace(
    useShallow((state) => ({
      past: state.past,
      future: state.future as readonly Step[],
      now: state.gesture?.workspace ?? state.workspace,
    })),
  )
  return useMemo(() => tapeOf(past, now, future), [past, now, future])
}
