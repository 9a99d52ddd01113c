import { LightNodeError } from '../../shared/errors.ts'
import { EngineError } from '../engine/types.ts'

/** An engine's error in the catalogue's words; anything else as it is. */
export function toLightNodeError(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const code =
    error.kind === 'unreachable' || error.kind === 'timeout' ? 'ENGINE_UNREACHABLE' : 'ENGINE_REFUSED'
  return new LightNodeError(code, `The engine did not do it: ${error.message}`, {}, { cause: error })
}
