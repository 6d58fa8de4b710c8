import fs from 'node:fs/promises'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'

/** The largest file that is read whole; 1024 devices with long sampled service times stay far below it. */
const MAX_FILE_BYTES = 64 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024

/** Reads a text file that the user named. One that cannot be read is wrong input, as half a JSON file is. */
export async function readText(file: string): Promise<Result<string>> {
  let handle: fs.FileHandle
  try {
    handle = await fs.open(file, 'r')
  } catch (error) {
    return failed([readIssue(file, error)])
  }
  try {
    const { size } = await handle.stat()
    if (size > MAX_FILE_BYTES) return failed([tooLarge(file, `${size} bytes`)])
    const chunks: Buffer[] = []
    let read = 0
    // What is no regular file, such as a pipe or a device, does not tell its size beforehand.
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) {
      chunks.push(chunk as Buffer) // no encoding is set
      read += (chunk as Buffer).length
      if (read > MAX_FILE_BYTES) return failed([tooLarge(file, 'no end')])
    }
    return decodeUtf8(Buffer.concat(chunks), file)
  } catch (error) {
    return failed([readIssue(file, error)])
  } finally {
    await handle.close()
  }
}

/** Text in another encoding is refused: its letters would come out as others, in names first of all. */
export function decodeUtf8(bytes: Uint8Array, file: string): Result<string> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const known = SIGNATURES.find(({ begins }) => begins.every((byte, at) => bytes[at] === byte))
    if (known !== undefined) {
      return failed([{ path: '', code: 'not-utf8', message: `${file}: this is ${known.what}; ${known.remedy}` }])
    }
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\uFFFD', 1)[0] ?? ''
    const line = before.split('\n').length
    const message = `${file}, line ${line}: this is not UTF-8 text; save it as UTF-8, or convert it: iconv -f latin1 -t utf8`
    return failed([{ path: '', code: 'not-utf8', message }])
  }
}

/** First bytes of files that are no text yet, or text that another conversion makes UTF-8. */
const SIGNATURES: readonly { readonly begins: readonly number[]; readonly what: string; readonly remedy: string }[] = [
  { begins: [0x1f, 0x8b], what: 'gzip-compressed', remedy: 'decompress it first (gunzip or zcat)' },
  { begins: [0x28, 0xb5, 0x2f, 0xfd], what: 'zstd-compressed', remedy: 'decompress it first (zstd -d or zstdcat)' },
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'xz-compressed', remedy: 'decompress it first (unxz or xzcat)' },
  { begins: [0xff, 0xfe], what: 'UTF-16 text', remedy: 'convert it: iconv -f utf16 -t utf8' },
  { begins: [0xfe, 0xff], what: 'UTF-16 text', remedy: 'convert it: iconv -f utf16 -t utf8' },
]

function tooLarge(file: string, size: string): Issue {
  return { path: '', code: 'too-large', message: `${file} has ${size}; ${MAX_FILE_BYTES} bytes are the most` }
}

const READ_REASONS: Readonly<Record<string, readonly [code: string, reason: string]>> = {
  ENOENT: ['file-missing', 'there is no such file; check the name'],
  ENOTDIR: ['file-missing', 'a part of this path is a file, not a folder; check the name'],
  EISDIR: ['not-a-file', 'this is a folder; name a file in it'],
  EACCES: ['permission', 'it may not be read; check its permissions'],
  EPERM: ['permission', 'it may not be read; check its permissions'],
  ELOOP: ['file-missing', 'its symbolic links form a loop'],
  ENAMETOOLONG: ['file-missing', 'the name is too long for this file system'],
}

function readIssue(file: string, error: unknown): Issue {
  const failure = error as NodeJS.ErrnoException // what node:fs rejects with
  const [code, reason] = READ_REASONS[failure.code ?? ''] ?? ['file-unreadable', failure.message]
  return { path: '', code, message: `${file}: ${reason}` }
}
