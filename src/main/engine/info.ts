import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { noEngineAnswer } from './errors.ts'
import type { EngineInfo } from './types.ts'

/** The parts of GET /info that LightNode reads. */
export interface RawInfo {
  ID?: string
  Name?: string
  ServerVersion?: string
  OperatingSystem?: string
  OSType?: string
  Architecture?: string
  MemTotal?: number
  DockerRootDir?: string
}

/** The parts of GET /version that LightNode reads. */
export interface RawVersion {
  ApiVersion?: string
  MinAPIVersion?: string
  Components?: { Name?: string }[]
}

/** What this machine says of itself; handed in so that tests can be any machine. */
export interface ThisMachine {
  platform: string
  hostname: string
  exists: (path: string) => boolean
}

const thisMachine: ThisMachine = {
  platform: process.platform,
  get hostname() {
    return hostname()
  },
  exists: existsSync,
}

/**
 * @param podman true where Podman answers in Docker's words
 * @throws EngineError `unreachable` for an answer that names no engine
 */
export function readInfo(
  raw: RawInfo,
  endpoint: string,
  podman: boolean,
  machine: ThisMachine = thisMachine,
): EngineInfo {
  // Whatever takes such an answer for an engine would bind the servers to nothing.
  if (!raw?.ID && !raw?.Name) throw noEngineAnswer()
  const name = raw.Name ?? ''
  const rootDir = raw.DockerRootDir ?? ''
  return {
    // Podman makes up a new id for every answer: its name and folder stay.
    id: podman ? `podman:${name}:${rootDir}` : (raw.ID ?? `${name}:${rootDir}`),
    name,
    version: raw.ServerVersion ?? '',
    operatingSystem: raw.OperatingSystem ?? '',
    architecture: architecture(raw.Architecture ?? ''),
    memoryBytes: raw.MemTotal ?? 0,
    rootDir,
    sameMachine: isSameMachine(raw, endpoint, machine),
  }
}

export function isPodman(version: RawVersion): boolean {
  return version.Components?.some(({ Name }) => /podman/i.test(Name ?? '')) ?? false
}

/**
 * The API version to speak: the engine's newest up to 1.47 (Docker 27), the newest whose answers are known
 * here, and never under the oldest that the engine still speaks.
 */
export function chooseApiVersion({ ApiVersion, MinAPIVersion }: RawVersion): string | undefined {
  if (ApiVersion === undefined) return undefined
  const known = '1.47'
  const chosen = minorOf(ApiVersion) <= minorOf(known) ? ApiVersion : known
  return MinAPIVersion !== undefined && minorOf(MinAPIVersion) > minorOf(chosen) ? MinAPIVersion : chosen
}

/** "1.41" → 41; no engine has spoken another major version than 1. */
export function minorOf(apiVersion: string): number {
  return Number(apiVersion.split('.')[1] ?? 0)
}

/** A desktop's engine runs in a virtual machine, whose socket is forwarded into the user's home. */
function isSameMachine(raw: RawInfo, endpoint: string, machine: ThisMachine): boolean {
  if (machine.platform !== 'linux' || !endpoint.startsWith('unix://')) return false
  if (/docker desktop/i.test(raw.OperatingSystem ?? '')) return false
  if (/\/(\.colima|\.config\/colima|\.rd|\.orbstack|\.docker\/(desktop|run))\//.test(endpoint)) return false
  const rootDir = raw.DockerRootDir ?? ''
  return raw.Name === machine.hostname || (rootDir !== '' && machine.exists(rootDir))
}

/** uname's words into Node's. */
function architecture(machine: string): string {
  const names: Record<string, string> = {
    x86_64: 'x64',
    amd64: 'x64',
    aarch64: 'arm64',
    armv7l: 'arm',
    armv6l: 'arm',
    i686: 'ia32',
    i386: 'ia32',
  }
  return names[machine] ?? machine
}
