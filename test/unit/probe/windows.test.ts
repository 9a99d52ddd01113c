import { expect, test } from 'vitest'
import { parseTasklist, parseWindowsNetstat } from '../../../src/main/provisioning/listeners/windows.ts'

// German Windows: headings and states are translated, the columns are the same.
const netstat = [
  '',
  'Aktive Verbindungen',
  '',
  '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
  '  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN          1096',
  '  TCP    127.0.0.1:25566        0.0.0.0:0              ABHÖREN          812',
  '  TCP    192.168.1.5:52100      20.54.37.64:443        HERGESTELLT      4012',
  '  TCP    192.168.1.5:52101      20.54.37.65:443        WARTEND          0',
  '  TCP    [::]:445               [::]:0                 ABHÖREN          4',
  '  TCP    [::1]:25567            [::]:0                 ABHÖREN          7236',
  '  UDP    0.0.0.0:25568          *:*                                    2208',
  '  UDP    [fe80::5c1e:aa11:2233:4455%12]:1900  *:*                      5120',
  '',
].join('\r\n')

test('netstat: listeners told by the foreign port, in any language', () => {
  const lines = parseWindowsNetstat(netstat).map((l) => `${l.protocol} ${l.address} ${l.port} ${l.pid}`)
  expect(lines).toEqual([
    'tcp 0.0.0.0 135 1096',
    'tcp 127.0.0.1 25566 812',
    'tcp :: 445 4',
    'tcp ::1 25567 7236',
    'udp 0.0.0.0 25568 2208',
    'udp fe80::5c1e:aa11:2233:4455 1900 5120',
  ])
})

test('tasklist: names by pid', () => {
  const csv = [
    '"System Idle Process","0","Services","0","8 K"',
    '"System","4","Services","0","2.144 K"',
    '"nginx.exe","812","Console","1","7.312 K"',
    '"My Game, the server.EXE","7236","Console","1","1.007.312 K"',
    '',
  ].join('\r\n')
  expect([...parseTasklist(csv)]).toEqual([
    [0, 'System Idle Process'],
    [4, 'System'],
    [812, 'nginx'],
    [7236, 'My Game, the server'],
  ])
  expect(parseTasklist('INFO: No tasks are running.').size).toBe(0)
})
