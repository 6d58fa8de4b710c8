import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'

// The web configuration file that Prometheus' own exporters take: TLS and basic auth. Keys that Weir does not act on are
// refused rather than passed over: who writes them relies on them.

const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/

const SCHEMA = z.strictObject({
  tls_server_config: z
    .strictObject({
      cert_file: z.string().min(1),
      key_file: z.string().min(1),
      client_auth_type: z.enum(['NoClientCert', 'RequireAndVerifyClientCert']).optional(),
      client_ca_file: z.string().min(1).optional(),
      min_version: z.enum(['TLS12', 'TLS13']).optional(),
    })
    .optional(),
  basic_auth_users: z
    .record(
      z.string().min(1),
      z.string().regex(BCRYPT, 'this is not a bcrypt hash; make one with `htpasswd -nBC 10 ""`'),
    )
    .optional(),
})

export interface WebConfig {
  /** null: plain HTTP. */
  readonly tls: {
    readonly cert: string
    readonly key: string
    /** Certificates of clients must be signed by this; null: none is asked for. */
    readonly clientCa: string | null
    readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  } | null
  /** User → bcrypt hash. Empty: nobody is asked. */
  readonly users: ReadonlyMap<string, string>
}

export const NO_WEB_CONFIG: WebConfig = { tls: null, users: new Map() }

/** Reads the file and those it names, whose paths start at its folder. */
export async function readWebConfig(file: string): Promise<Result<WebConfig>> {
  const text = await read(file, '--web-config')
  if (!text.ok) return text
  const parsed = parseYaml(file, text.value)
  if (!parsed.ok) return parsed
  const { tls_server_config: tls, basic_auth_users: users = {} } = parsed.value
  const config = { users: new Map(Object.entries(users)) }
  if (tls === undefined) return ok({ ...config, tls: null })
  const wantsClients = tls.client_auth_type === 'RequireAndVerifyClientCert'
  if (wantsClients !== (tls.client_ca_file !== undefined)) {
    const message =
      'client_auth_type RequireAndVerifyClientCert and client_ca_file belong together; give both or neither'
    return failed([{ path: `${file}: tls_server_config`, code: 'web-config', message }])
  }
  const named = (name: string) => path.resolve(path.dirname(file), name)
  const cert = await read(named(tls.cert_file), `${file}: tls_server_config.cert_file`)
  const key = await read(named(tls.key_file), `${file}: tls_server_config.key_file`)
  const ca =
    tls.client_ca_file === undefined
      ? null
      : await read(named(tls.client_ca_file), `${file}: tls_server_config.client_ca_file`)
  if (!cert.ok) return cert
  if (!key.ok) return key
  if (ca !== null && !ca.ok) return ca
  const minVersion = tls.min_version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2'
  return ok({
    ...config,
    tls: { cert: cert.value, key: key.value, clientCa: ca === null ? null : ca.value, minVersion },
  })
}

function parseYaml(file: string, text: string): Result<z.infer<typeof SCHEMA>> {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    return failed([{ path: file, code: 'web-config', message: `this is not YAML: ${(error as Error).message}` }]) // what yaml throws
  }
  const parsed = SCHEMA.safeParse(value ?? {})
  if (parsed.success) return ok(parsed.data)
  return failed(
    parsed.error.issues.map(
      (issue): Issue => ({
        path: [file, issue.path.join('.')].filter((part) => part !== '').join(': '),
        code: 'web-config',
        message: issue.message,
      }),
    ),
  )
}

async function read(file: string, where: string): Promise<Result<string>> {
  try {
    return ok(await readFile(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what node:fs rejects with
    if (code === undefined) throw error
    return failed([{ path: where, code: 'file-missing', message: `${file} cannot be read (${code})` }])
  }
}
