/** The only pages that may be opened outside, in the user's own browser: each with its path or below it. */
const outside = [
  'https://aka.ms/MinecraftEULA',
  'https://www.minecraft.net/',
  'https://docs.docker.com/',
  'https://www.docker.com/',
  'https://podman.io/',
  'https://github.com/',
  'https://hub.docker.com/',
  'https://portforward.com/',
]

/** True for an address that may be opened in the user's browser. */
export function mayOpenOutside(address: string): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return false
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') return false
  return outside.some((allowed) => {
    const { origin, pathname } = new URL(allowed)
    return url.origin === origin && (pathname.endsWith('/') || url.pathname === pathname)
  })
}
