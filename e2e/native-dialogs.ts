import type { ElectronApplication } from '@playwright/test'

// Native dialogs cannot be driven from outside; these answer them as a user would, in the main process.

/** The next save dialogs choose `filePath`. */
export async function answerSaveDialog(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path })
  }, filePath)
}

/** The next open dialogs choose `filePath`. */
export async function answerOpenDialog(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, filePath)
}

/** The next questions are answered with the button of that index; what was asked is returned by `askedQuestions`. */
export async function answerQuestions(app: ElectronApplication, button: number): Promise<void> {
  await app.evaluate(({ dialog }, response) => {
    const asked: string[] = []
    Object.assign(globalThis, { weirAsked: asked })
    dialog.showMessageBox = (...args: unknown[]) => {
      const options = args.at(-1) as { message: string; buttons?: string[] } // the last argument of either form
      asked.push(`${options.message} [${(options.buttons ?? []).join(' | ')}]`)
      return Promise.resolve({ response, checkboxChecked: false })
    }
  }, button)
}

export function askedQuestions(app: ElectronApplication): Promise<readonly string[]> {
  return app.evaluate(() => (globalThis as unknown as { weirAsked: string[] }).weirAsked)
}

export function clipboardText(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ clipboard }) => clipboard.readText())
}
