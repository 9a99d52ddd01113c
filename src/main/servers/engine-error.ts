import { LightNodeError } from '../../shared/errors.ts'
import { EngineError } from '../engine/types.ts'

/** An engine's error in the catalogue's words; anything else as it is. */
export function toLightNodeError(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const code =
    error.kind === 'unreachable' || error.kind === 'timeout' ? 'ENGINE_UNREACHABLE' : 'ENGINE_REFUSED'
  return new LightNodeError(code, `The engine did not do it: ${error.message}`, {}, { cause: error })
}

/** The engine is gone for now: what was under way waits for it instead of failing. */
export function isEngineAway(error: unknown): boolean {
  if (error instanceof EngineError) return ['unreachable', 'denied', 'timeout'].includes(error.kind)
  return (
    error instanceof LightNodeError &&
    ['ENGINE_UNREACHABLE', 'ENGINE_DENIED', 'ENGINE_MISMATCH', 'REMOTE_ENGINE'].includes(error.code)
  )
}
