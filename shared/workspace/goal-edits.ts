import type { Goal, Workspace } from './workspace.ts'

export function goalsOf({ goals = [] }: Pick<Workspace, 'goals'>, device: string): readonly Goal[] {
  return goals.filter((goal) => goal.device === device)
}

export function hasGoal({ goals = [] }: Pick<Workspace, 'goals'>, device: string): boolean {
  return goals.some((goal) => goal.device === device)
}

/** `device` has these goals and no others; they stand where its first one stood. */
export function setGoals(workspace: Workspace, device: string, goals: readonly Goal[]): Workspace {
  const { goals: before = [], ...rest } = workspace
  const first = before.findIndex((goal) => goal.device === device)
  const others = before.filter((goal) => goal.device !== device)
  const at = first === -1 ? others.length : before.slice(0, first).filter((goal) => goal.device !== device).length
  const next = [...others.slice(0, at), ...goals, ...others.slice(at)]
  if (JSON.stringify(next) === JSON.stringify(before)) return workspace
  return next.length === 0 ? rest : { ...rest, goals: next }
}
