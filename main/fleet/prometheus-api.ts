import { z } from 'zod'
import { EngineError } from '#main/engine-error.ts'
import { harmless } from '#shared/printable.ts'

// Prometheus' HTTP API, as far as a history is read from it: https://prometheus.io/docs/prometheus/latest/querying/api/

/** One answer may take this long: Prometheus itself gives up after two minutes. */
const PATIENCE_MS = 150_000

const ANSWER = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  data: z
    .object({
      resultType: z.string(),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string()]).optional(),
          values: z.array(z.tuple([z.number(), z.string()])).optional(),
        }),
      ),
    })
    .optional(),
})

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** Seconds since 1970, and the value. */
  readonly points: readonly (readonly [number, number])[]
}

export interface Span {
  readonly fromS: number
  readonly toS: number
  readonly stepS: number
}

export class PrometheusApi {
  readonly #base: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #signal: AbortSignal | undefined

  /** `url` may hold `user:password@`, which goes as basic authentication and appears in no message. */
  constructor(url: URL, signal?: AbortSignal) {
    const { username, password } = url
    this.#base = new URL(url)
    this.#base.username = ''
    this.#base.password = ''
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/'
    const secret = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
    this.#headers = username === '' ? {} : { authorization: `Basic ${secret}` }
    this.#signal = signal
  }

  /** The values at one moment. */
  instant(query: string, atS: number): Promise<readonly Series[]> {
    return this.#ask('query', { query, time: String(atS) })
  }

  /** The values at every step from `fromS` to `toS`. */
  range(query: string, { fromS, toS, stepS }: Span): Promise<readonly Series[]> {
    return this.#ask('query_range', { query, start: String(fromS), end: String(toS), step: String(stepS) })
  }

  async #ask(what: string, parameters: Readonly<Record<string, string>>): Promise<readonly Series[]> {
    const answer = ANSWER.safeParse(await this.#post(what, parameters))
    if (!answer.success) throw this.#broken('does not answer as Prometheus does', CHECK_ADDRESS)
    const { status, error = 'it does not say why', data } = answer.data
    if (status === 'error' || data === undefined) throw this.#broken(`refused a query: ${error}`, SHORTER)
    return data.result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value === undefined ? [] : [value])).map(([atS, text]) => [atS, Number(text)] as const),
    }))
  }

  async #post(what: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const patience = AbortSignal.timeout(PATIENCE_MS)
    const signal = this.#signal === undefined ? patience : AbortSignal.any([this.#signal, patience])
    const body = new URLSearchParams(parameters)
    let response: Response
    try {
      const url = new URL(`api/v1/${what}`, this.#base)
      response = await fetch(url, { method: 'POST', body, headers: this.#headers, redirect: 'error', signal })
    } catch (error) {
      throw this.#unreachable(error)
    }
    if (response.status === 401 || response.status === 403) {
      throw this.#broken(
        `asks for a user and a password (HTTP ${response.status})`,
        'Give them in the address: http://USER:PASSWORD@HOST:9090',
      )
    }
    try {
      return await response.json()
    } catch (error) {
      if (this.#signal?.aborted) throw this.#unreachable(error)
      throw this.#broken(`answered HTTP ${response.status} with something other than JSON`, CHECK_ADDRESS)
    }
  }

  #unreachable(error: unknown): EngineError {
    if (this.#signal?.aborted)
      return new EngineError('cancelled', 'stopped while Prometheus was asked', 'Try a shorter --over.')
    if (error instanceof Error && error.name === 'TimeoutError') {
      return this.#broken(`has not answered for ${PATIENCE_MS / 1000} s`, SHORTER)
    }
    const { cause } = error as { readonly cause?: { readonly code?: string } } // what fetch rejects with
    return this.#broken(`cannot be reached (${cause?.code ?? String(error)})`, CHECK_ADDRESS)
  }

  #broken(what: string, advice: string): EngineError {
    return new EngineError('prometheus', `${this.#base.href} ${harmless(what)}`, advice)
  }
}

const CHECK_ADDRESS = 'Check the address; it is where Prometheus’ own page is, such as http://127.0.0.1:9090.'
const SHORTER = 'Try a shorter --over or a longer --step.'
