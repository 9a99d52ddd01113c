import { expect, test } from 'vitest'
import { parseProcNet } from '../../../src/main/provisioning/listeners/linux.ts'

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:63DE 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41208 1 00000000f8988342 100 0 0 10 0                     
   1: 00000000:63DD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41209 1 00000000f8988343 100 0 0 10 0                     
   2: 020200C0:0016 010200C0:C350 01 00000000:00000000 02:000A7214 00000000     0        0 39871 2 00000000f8988344 20 4 30 10 -1                    
   3: 020200C0:9C40 010200C0:01BB 06 00000000:00000000 03:00001231 00000000     0        0 0 3 00000000f8988345                                      
`
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:658E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13484 1 00000000d34706f8 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:658C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13486 1 00000000cd02d803 100 0 0 10 0
   2: 000000FD000000000000000002000000:658B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13487 1 00000000cd02d804 100 0 0 10 0
   3: B80D0120785634120000000001EF0000:658A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13488 1 00000000cd02d805 100 0 0 10 0
`
const udp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 5486: 00000000000000000000000001000000:658F 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 13483 2 0000000048442523 0
`
const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 5484: 00000000:658D 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 13485 2 0000000054ba0bc1 0         
`

const brief = (text: string, protocol: 'tcp' | 'udp', version: 4 | 6) =>
  parseProcNet(text, protocol, version).map(({ address, port, inode }) => `${address} ${port} ${inode}`)

test('IPv4: listeners only, bytes in the right order', () => {
  expect(brief(tcp, 'tcp', 4)).toEqual(['127.0.0.1 25566 41208', '0.0.0.0 25565 41209'])
})

test('IPv6: each word turned round, mapped IPv4 shown as IPv4', () => {
  expect(brief(tcp6, 'tcp', 6)).toEqual([
    ':: 25998 13484',
    '127.0.0.1 25996 13486',
    'fd00::2 25995 13487',
    '2001:db8:1234:5678::ef01 25994 13488',
  ])
})

test('bound UDP sockets count, whatever their state', () => {
  expect(brief(udp6, 'udp', 6)).toEqual(['::1 25999 13483'])
  expect(brief(udp, 'udp', 4)).toEqual(['0.0.0.0 25997 13485'])
})

test('nothing, or nonsense, is an empty table', () => {
  expect(parseProcNet('', 'tcp', 4)).toEqual([])
  expect(parseProcNet('header\nnot a row\n  1: zz\n', 'tcp', 4)).toEqual([])
})
