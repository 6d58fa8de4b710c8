import { expect, test } from 'vitest'
import { MAX_MESSAGE_DEPTH, MessageSplitter } from './message-splitter.ts'

const texts = [
  '{"return": {}}',
  '{"a": "}{ \\" \\\\", "b": ["é", "日本", "😀"]}',
  '{}',
  '{"nested": {"x": [[{"y": "]"}]]}}',
]

function split(stream: Buffer, chunkBytes: number): readonly string[] {
  const splitter = new MessageSplitter()
  const found: string[] = []
  for (let at = 0; at < stream.length; at += chunkBytes) {
    found.push(...splitter.push(stream.subarray(at, at + chunkBytes)))
  }
  expect(splitter.pendingBytes).toBe(0)
  return found
}

test('objects come out whole however the bytes are cut, with or without lines between them', () => {
  for (const separator of ['\r\n', '\n', '', ' \t\r\n\n']) {
    const stream = Buffer.from(texts.join(separator) + separator)
    for (const chunkBytes of [1, 2, 3, 7, stream.length]) expect(split(stream, chunkBytes)).toEqual(texts)
  }
})

test('an object that spans lines is one object', () => {
  expect(split(Buffer.from('{\n"return":\n[1,\n2]\n}\n'), 5)).toEqual(['{\n"return":\n[1,\n2]\n}'])
})

test('what is no object ends the conversation, and says what it was', () => {
  const push = (text: string) => () => new MessageSplitter().push(Buffer.from(text))
  expect(push('SSH-2.0-OpenSSH_9.2p1\r\n')).toThrow('it starts with "SSH-2.0-OpenSSH_9.2p1')
  expect(push('[1,2]')).toThrow('instead of a JSON object')
  expect(push("QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ")).toThrow('human monitor')
})

test('an endless object is refused as soon as it passes the bound, and memory stays below it', () => {
  const splitter = new MessageSplitter(64 * 1024)
  const chunk = Buffer.alloc(1000, 'x')
  splitter.push(Buffer.from('{"return": "'))
  const before = process.memoryUsage().arrayBuffers
  let pushed = 0
  expect(() => {
    for (; pushed < 1_000_000; pushed += chunk.length) splitter.push(chunk)
  }).toThrow('more than 0 MiB')
  expect(pushed).toBeLessThan(65_536)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
})

test('deep JSON is refused before anything parses it', () => {
  const deep = (levels: number) => Buffer.from(`{"return": ${'['.repeat(levels)}${']'.repeat(levels)}}`)
  expect(new MessageSplitter().push(deep(MAX_MESSAGE_DEPTH - 1))).toHaveLength(1)
  expect(() => new MessageSplitter().push(deep(5_000_000))).toThrow('nested more than')
})
