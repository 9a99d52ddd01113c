import { randomBytes } from 'node:crypto'

/** A fresh nonce for one page: 128 bits. */
export function createNonce(): string {
  return randomBytes(16).toString('base64')
}

/**
 * The policy of a page: its own files only, no inline script at all, inline style sheets with this nonce.
 *
 * @param connect what the page may talk to over the network: its own origin, or nothing
 */
export function pagePolicy(nonce: string, connect: "'self'" | "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The policy of everything that is no page. */
export const filePolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The page may use none of the browser's sensors and devices. */
export const permissionsPolicy =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()'
