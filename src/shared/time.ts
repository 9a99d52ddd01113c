import { z } from 'zod'

/** Milliseconds since 1970, as everywhere in LightNode. */
export const time = z.number().int()
