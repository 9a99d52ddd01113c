import { readFile, stat } from 'node:fs/promises'

/**
 * What a network interface is: `virtual` never leads a player here (container networks, virtual machines'
 * host-only networks, tunnels); `bridge` does only where it carries the default route.
 */
export type InterfaceKind = 'ordinary' | 'bridge' | 'virtual'

const virtualNames = [
  // Docker, Podman, Kubernetes and their plug-ins.
  /^(docker|br-[0-9a-f]{6,}|veth|cni|podman|nerdctl|flannel|cali|cilium|weave|kube-|tunl|vxlan)/,
  // Virtual machines' and system containers' private networks.
  /^(virbr|vnet|lxc|lxdbr|incusbr|vmnet|vmenet|vboxnet|bridge\d{3})/,
  /^vEthernet \((WSL|Default Switch|nat|Docker)/i,
  /^(VirtualBox Host-Only|VMware Network Adapter)/i,
  // Tunnels.
  /^(tun|tap|wg|utun|tailscale|zt|ppp|ipsec|gif|stf|gre|sit|ip6tnl|feth|proton)/,
  /^(OpenVPN|WireGuard|Tailscale|ZeroTier|ProtonVPN|NordLynx|Mullvad|Radmin|Hamachi|Teredo|isatap|Bluetooth)/i,
]

/** Hyper-V's switches: an external one carries the machine's own address. */
const bridgeNames = [/^vEthernet \(/i]

/** Tells by the name alone. */
export function kindByName(name: string): InterfaceKind {
  if (virtualNames.some((pattern) => pattern.test(name))) return 'virtual'
  return bridgeNames.some((pattern) => pattern.test(name)) ? 'bridge' : 'ordinary'
}

/** Tells by the name and, on Linux, by what the kernel says of the interface in /sys/class/net. */
export async function interfaceKind(name: string): Promise<InterfaceKind> {
  const byName = kindByName(name)
  if (byName !== 'ordinary' || process.platform !== 'linux') return byName
  const folder = `/sys/class/net/${name}`
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    )
  if (await exists(`${folder}/tun_flags`)) return 'virtual'
  const uevent = await readFile(`${folder}/uevent`, 'utf8').catch(() => '')
  if (/^DEVTYPE=(wireguard|vxlan|ppp)$/m.test(uevent)) return 'virtual'
  return (await exists(`${folder}/bridge`)) ? 'bridge' : 'ordinary'
}
