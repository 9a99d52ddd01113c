import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserWindow, Rectangle } from 'electron'
import { z } from 'zod'

export const SMALLEST = { width: 900, height: 600 }
const FIRST = { width: 1200, height: 800 }
/** So much of the window must lie on a screen, in points, for it to be within reach. */
const REACHABLE = 100

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(SMALLEST.width).max(20_000),
  height: z.number().int().min(SMALLEST.height).max(20_000),
  maximized: z.boolean(),
})
export type WindowBounds = z.infer<typeof boundsSchema>

/** Where the window was last time, if that is still on a screen; else its first size, in the middle. */
export function readBounds(dataDir: string, screens: Rectangle[]): Partial<WindowBounds> {
  try {
    const bounds = boundsSchema.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')))
    return screens.some((screen) => reaches(screen, bounds)) ? bounds : FIRST
  } catch {
    return FIRST
  }
}

/** Remembers where the window is; it is no loss when that can't be written. */
export function saveBounds(dataDir: string, window: BrowserWindow): void {
  const bounds: WindowBounds = { ...window.getNormalBounds(), maximized: window.isMaximized() }
  try {
    writeFileSync(`${file(dataDir)}.new`, JSON.stringify(bounds), { mode: 0o600 })
    renameSync(`${file(dataDir)}.new`, file(dataDir))
  } catch {
    // The next window opens at its first place.
  }
}

function reaches(screen: Rectangle, { x, y, width }: WindowBounds): boolean {
  const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x)
  return across >= REACHABLE && y >= screen.y && y <= screen.y + screen.height - REACHABLE
}

function file(dataDir: string): string {
  return join(dataDir, 'window.json')
}
