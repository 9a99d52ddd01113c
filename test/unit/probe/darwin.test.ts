import { expect, test } from 'vitest'
import { parseDarwinNetstat, parseLsof } from '../../../src/main/provisioning/listeners/darwin.ts'
import type { Listener } from '../../../src/main/provisioning/listeners/types.ts'

const words = (listeners: Listener[]) =>
  listeners.map(({ protocol, address, port, pid, name }) => `${protocol} ${address} ${port} ${pid} ${name}`)

const lsof = `p812
cnginx
f6
tIPv4
PTCP
n127.0.0.1:25566
TST=LISTEN
TQR=0
TQS=0
f7
tIPv6
PTCP
n*:25565
TST=LISTEN
p901
cGoogle Chrome H
f20
tIPv6
PTCP
n[fe80::aede:48ff:fe00:1122%en5]:5000
p950
cmDNSResponder
f5
tIPv4
PUDP
n*:5353
f6
tIPv4
PUDP
n*:*
f7
tIPv4
PUDP
n192.168.1.5:60123->142.250.1.1:443
`

test('lsof: a process, its sockets, their families', () => {
  expect(words(parseLsof(lsof))).toEqual([
    'tcp 127.0.0.1 25566 812 nginx',
    'tcp :: 25565 812 nginx',
    'tcp fe80::aede:48ff:fe00:1122 5000 901 Google Chrome H',
    'udp 0.0.0.0 5353 950 mDNSResponder',
    'udp 192.168.1.5 60123 950 mDNSResponder',
  ])
  expect(parseLsof('')).toEqual([])
})

const netstat = `Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    
tcp4       0      0  192.168.1.5.52311      17.57.144.54.5223      ESTABLISHED
tcp4       0      0  127.0.0.1.631          *.*                    LISTEN     
tcp6       0      0  ::1.631                *.*                    LISTEN     
tcp46      0      0  *.25565                *.*                    LISTEN     
tcp6       0      0  fe80::1%lo0.8021       *.*                    LISTEN     
udp4       0      0  *.137                  *.*                               
udp4       0      0  *.*                    *.*                               
udp6       0      0  *.5353                 *.*                               
Active Multipath Internet connections
Active LOCAL (UNIX) domain sockets
Address          Type   Recv-Q Send-Q            Inode             Conn             Refs          Nextref Addr
`

test('netstat: listeners of every user, without owners', () => {
  expect(words(parseDarwinNetstat(netstat))).toEqual([
    'tcp 127.0.0.1 631 null null',
    'tcp ::1 631 null null',
    'tcp :: 25565 null null',
    'tcp fe80::1 8021 null null',
    'udp 0.0.0.0 137 null null',
    'udp :: 5353 null null',
  ])
})
