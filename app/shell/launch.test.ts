import { expect, test } from 'vitest'
import { readLaunch } from './launch.ts'

const development = { folder: '/home/ann', appPath: '/src/weir', isPackaged: false }
const packaged = { folder: '/home/ann', appPath: '/opt/Weir/resources/app.asar', isPackaged: true }

test('files after the app are opened, switches before it are not ours', () => {
  const argv = ['electron', '--no-sandbox', '-r', '/x/loader.js', '--inspect=0', '/src/weir', '--run', 'a.weir.json']
  expect(readLaunch(argv, development)).toEqual({ files: ['/home/ann/a.weir.json'], run: true })
})

test('the app may be named relative to the folder', () => {
  const here = { ...development, folder: '/src/weir' }
  expect(readLaunch(['electron', '.', '/x/b.weir.json', '--lang=de'], here)).toEqual({
    files: ['/x/b.weir.json'],
    run: false,
  })
})

test('a packaged app takes every argument that is no switch', () => {
  expect(readLaunch(['/opt/Weir/weir', '--no-sandbox', 'a.weir.json', '/b.weir.json'], packaged)).toEqual({
    files: ['/home/ann/a.weir.json', '/b.weir.json'],
    run: false,
  })
})

test('a desktop may hand over an address instead of a name', () => {
  expect(readLaunch(['/opt/Weir/weir', 'file:///home/ann/my%20lab.weir.json'], packaged).files).toEqual([
    '/home/ann/my lab.weir.json',
  ])
})
