import { describe, expect, it } from 'vitest'
import { findPorts, moveInGrid, rowsOf } from '../../../src/renderer/pages/ports/port-grid.ts'
import { bin, manyServers } from '../../support/fixture/samples.ts'
import { pool } from '../../support/fixture/samples-pool.ts'

const { ports } = pool('game', manyServers, 6)
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey })

describe('port grid', () => {
  it('makes rows of 50 with every port once', () => {
    const rows = rowsOf(ports, 50)
    expect(rows.map((row) => row.length)).toEqual([50, 50, 50, 50, 50, 50, 50, 50, 36])
    expect(rows[1]?.[0]?.port).toBe(25615)
    expect(rows.flat()).toEqual(ports)
  })

  it('moves by arrows and stays at the edges', () => {
    expect(moveInGrid(0, press('ArrowLeft'), 50, 436)).toBe(0)
    expect(moveInGrid(49, press('ArrowRight'), 50, 436)).toBe(50)
    expect(moveInGrid(10, press('ArrowUp'), 50, 436)).toBe(10)
    expect(moveInGrid(10, press('ArrowDown'), 50, 436)).toBe(60)
    expect(moveInGrid(390, press('ArrowDown'), 50, 436)).toBe(390)
    expect(moveInGrid(435, press('ArrowRight'), 50, 436)).toBe(435)
  })

  it('moves to the ends of a row, a column and the map', () => {
    expect(moveInGrid(60, press('Home'), 50, 436)).toBe(50)
    expect(moveInGrid(410, press('End'), 50, 436)).toBe(435)
    expect(moveInGrid(60, press('Home', true), 50, 436)).toBe(0)
    expect(moveInGrid(60, press('End', true), 50, 436)).toBe(435)
    expect(moveInGrid(60, press('PageUp'), 50, 436)).toBe(10)
    expect(moveInGrid(60, press('PageDown'), 50, 436)).toBe(410)
    expect(moveInGrid(40, press('PageDown'), 50, 436)).toBe(390)
    expect(moveInGrid(60, press('a'), 50, 436)).toBeNull()
  })

  it('finds by number, server and holder', () => {
    expect(findPorts(ports, '  ')).toBeNull()
    expect([...(findPorts(ports, 'NGINX') ?? [])]).toEqual([25566])
    expect([...(findPorts(ports, 'harbour') ?? [])]).toEqual([25571])
    expect(findPorts(ports, '2599')?.size).toBe(10)
    expect(findPorts(ports, 'nobody')?.size).toBe(0)
  })

  it('finds what is kept for a server in the bin, and only while it is kept', () => {
    const kept = pool('game', [], 0, bin).ports
    expect([...(findPorts(kept, 'in the bin') ?? [])]).toEqual([25580, 25581])
  })
})
