import { type ReadRequest, readText } from './import-model.ts'

// Reads a text off the window's thread. One request per worker: who wants another ends this one.

self.onmessage = ({ data }: MessageEvent<ReadRequest>) => {
  self.postMessage(readText(data))
}
