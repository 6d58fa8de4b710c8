import { z } from 'zod'
import { LESSON_IDS, type LessonProgress } from '../lessons/lessons.ts'

const steps = z.int().min(0).max(100)

/** How far the lessons have been: kept in the app's own data. */
export const lessonProgressSchema: z.ZodType<LessonProgress> = z.record(z.enum(LESSON_IDS), steps)
