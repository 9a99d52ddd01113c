import { z } from 'zod'

// The page's Content-Security-Policy refuses eval; without this zod would try it and be reported.
z.config({ jitless: true })
