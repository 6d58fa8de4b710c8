import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { EXAMPLE, expect, ROOT, test } from './weir-app.ts'

// Electron's security checklist, held point by point; docs/security.md names the test of each.

/** What `expression` is in the page's own world, or the error it throws. */
function inPage(page: Page, expression: string): Promise<string> {
  return page.evaluate(`(() => { try { return String(${expression}) } catch (error) { return error.name } })()`)
}

test('the page has no Node, no Electron and one bridge', async ({ launch }) => {
  const { page } = await launch({ files: [EXAMPLE] })
  const names = ['require', 'process', 'module', 'global', 'Buffer', '__dirname', 'ipcRenderer', 'electron']
  const types: string[] = []
  for (const name of names) types.push(await inPage(page, `typeof ${name}`))
  expect(types).toEqual(names.map(() => 'undefined'))
  expect(await inPage(page, 'Object.keys(window.weir).sort().join()')).toBe('invoke,on,openDropped')
  expect(await inPage(page, 'Object.isFrozen(window.weir)')).toBe('true')
})

test('every window is sandboxed, isolated and without guests', async ({ launch }) => {
  const { app } = await launch({ files: [EXAMPLE] })
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      // Not in Electron's types, but the one place that says what was really set.
      const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration, nodeIntegrationInWorker, webSecurity, webviewTag } =
        contents.getLastWebPreferences()
      const anyNodeInWorker = nodeIntegrationInWorker === true
      return { sandbox, contextIsolation, nodeIntegration, anyNodeInWorker, webSecurity, webviewTag }
    }),
  )
  expect(preferences).toEqual([
    {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      anyNodeInWorker: false,
      webSecurity: true,
      webviewTag: false,
    },
  ])
})

test('the policy is strict and comes with a new nonce each time', async ({ launch }) => {
  const { page } = await launch({ files: [EXAMPLE] })
  const policies: string[] = []
  for (let load = 0; load < 2; load += 1) {
    const response = await page.reload()
    policies.push((await response?.headerValue('content-security-policy')) ?? '')
  }
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/)
  }
  expect(new Set(policies).size).toBe(2)
})

test('eval, inline scripts and inline handlers do not run', async ({ launch }) => {
  const { page } = await launch({ files: [EXAMPLE] })
  // From a callback: what Playwright evaluates itself is exempt from the policy.
  const evaluated = await page.evaluate(() => {
    const attempt = (run: () => unknown) => {
      try {
        return String(run())
      } catch (error) {
        return error instanceof Error ? error.name : 'thrown'
      }
    }
    return new Promise((resolve) => {
      // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested.
      setTimeout(() => resolve([attempt(() => eval('1 + 1')), attempt(() => new Function('return 1')())]), 0)
    })
  })
  expect(evaluated).toEqual(['EvalError', 'EvalError'])
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.body.append(script)
    document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = true">')
  })
  await page.waitForTimeout(200)
  expect(await inPage(page, 'window.ran')).toBe('undefined')
})

test('nothing of the page reaches the network', async ({ launch }) => {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address
  const { app, page } = await launch({ files: [EXAMPLE] })
  const remote = `http://127.0.0.1:${port}`
  expect(await page.evaluate((url) => fetch(url).then(String, (error) => error.name), `${remote}/fetch`)).toBe(
    'TypeError',
  )
  await page.evaluate((url) => {
    for (const [tag, key] of [
      ['img', 'src'],
      ['script', 'src'],
      ['iframe', 'src'],
      ['link', 'href'],
    ] as const) {
      const element = document.createElement(tag)
      if (tag === 'link') element.setAttribute('rel', 'stylesheet')
      element.setAttribute(key, `${url}/${tag}`)
      document.body.append(element)
    }
    navigator.sendBeacon(`${url}/beacon`)
  }, remote)
  // Not even a request that no policy of the page governs.
  const direct = await app.evaluate(
    ({ session }, url) => session.defaultSession.fetch(url).then(String, (error: Error) => error.message),
    `${remote}/session`,
  )
  expect(direct).toContain('ERR_BLOCKED_BY_CLIENT')
  await page.waitForTimeout(300)
  server.close()
  expect(asked).toEqual([])
})

test('the window cannot be led elsewhere, nor open another', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const before = page.url()
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.href = 'https://example.org/'
    document.body.append(link)
    link.click()
    link.target = '_blank'
    link.click()
    location.href = 'https://example.org/'
    location.href = 'file:///etc/passwd'
  })
  expect(await inPage(page, `window.open('https://example.org/')`)).toBe('null')
  expect(await inPage(page, `window.open('app://weir/index.html')`)).toBe('null')
  await page.waitForTimeout(300)
  expect(page.url()).toBe(before)
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  // Playwright waits for the navigation that never comes before it uses a locator, hence by hand.
  expect(await page.evaluate(() => document.querySelectorAll('[data-revision]').length)).toBeGreaterThan(0)
})

test('every permission is denied', async ({ launch }) => {
  const { page } = await launch({ files: [EXAMPLE] })
  const names = ['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read', 'midi', 'screen-wake-lock']
  const states = await page.evaluate(
    (list) =>
      Promise.all(list.map((name) => navigator.permissions.query({ name: name as PermissionName }))).then((all) =>
        all.map(({ state }) => state),
      ),
    names,
  )
  expect(states).toEqual(names.map(() => 'denied'))
  const answers = await page.evaluate(async () => {
    const name = (error: unknown) => (error instanceof Error ? error.name : String(error))
    return {
      clipboard: await navigator.clipboard.readText().then(() => 'granted', name),
      notification: await Notification.requestPermission(),
      place: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          (error) => resolve(`code ${error.code}`),
        ),
      ),
    }
  })
  expect(answers).toEqual({ clipboard: 'NotAllowedError', notification: 'denied', place: 'code 1' })
})

test('pages are served from their folder only', async ({ launch }) => {
  const { app } = await launch({ files: [EXAMPLE] })
  const addresses = [
    'app://weir/index.html',
    'app://weir/../package.json',
    'app://weir/..%2f..%2fpackage.json',
    'app://weir/%2e%2e/%2e%2e/package.json',
    'app://weir/',
    'app://other/index.html',
    'app://weir/nothing.js',
  ]
  const statuses = await app.evaluate(
    ({ session }, urls) =>
      Promise.all(
        urls.map((url) =>
          session.defaultSession.fetch(url).then(
            (response) => response.status,
            () => 0,
          ),
        ),
      ),
    addresses,
  )
  expect(statuses).toEqual([200, 404, 404, 404, 404, 404, 404])
})

test('a page that is not the window of a board is not answered', async ({ launch }) => {
  const { app } = await launch({ files: [EXAMPLE] })
  // The same preload, the same origin, but no board behind it.
  const answer = await app.evaluate(
    async ({ BrowserWindow }, preload) => {
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await other.loadURL('app://weir/index.html')
      const ask = `window.weir.invoke('board/ready', null).then(JSON.stringify, (error) => error.message)`
      const told: unknown = await other.webContents.executeJavaScript(ask)
      other.destroy()
      return told
    },
    path.join(ROOT, 'out/preload/preload.cjs'),
  )
  expect(answer).toBe('This sender is not allowed to make requests.')
})
