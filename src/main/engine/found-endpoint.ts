import type { EndpointCandidate } from './types.ts'

/** The folder with ca.pem, cert.pem and key.pem, and whether the engine's own certificate is checked. */
export interface TlsFiles {
  directory: string
  verify: boolean
}

export interface FoundEndpoint extends EndpointCandidate {
  tls?: TlsFiles
  /** Why it can't be tried at all. */
  fault?: string
}

export interface FindOptions {
  env: Record<string, string | undefined>
  /** Node's name of the operating system. */
  platform: string
  /** The user's home folder. */
  home: string
  /** The user's number, where there is one: stands in for a missing XDG_RUNTIME_DIR. */
  uid?: number
}

/** A user name and password in an address are no one's business. */
export function withoutSecrets(endpoint: string): string {
  return endpoint.replace(/^(\w+:\/\/)[^/@]*@/, '$1')
}
