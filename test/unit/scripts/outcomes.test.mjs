import { describe, expect, test } from 'vitest'
import { countReport, summary } from '../../../scripts/lib/counts.mjs'
import { judgeInstaller } from '../../../scripts/lib/electron.mjs'
import { explainNpm } from '../../../scripts/lib/install.mjs'

describe("Electron's installer", () => {
  const judge = (output, code = 1, timedOut = false) => judgeInstaller({ code, output, timedOut })

  test.each([
    ['TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13'],
    ['HTTPError: Response code 404 (Not Found) for https://github.com/x.zip\n    at download'],
    ['HTTPError: Response code 407 (Proxy Authentication Required) for https://github.com/x.zip'],
    ['Error: getaddrinfo ENOTFOUND github.com'],
    ['Error: read ECONNRESET'],
    ['TypeError: terminated\n  [cause]: SocketError: other side closed'],
    ['Error: self-signed certificate in certificate chain'],
    ['Error: Generated checksum for "electron.zip" did not match expected checksum.'],
  ])('%s is a download that failed', (output) => {
    expect(judge(output).download).toBe(true)
  })

  test.each([
    ["Error: Cannot find module '@electron/get'"],
    ['Error: ENOSPC: no space left on device, write'],
    ["Error: EACCES: permission denied, mkdir '/home/x/.cache/electron'"],
    ['SyntaxError: Unexpected token'],
    ['TypeError: fetch failed\n  [cause]: Error: ENOSPC: no space left on device'],
    [''],
  ])('%s is a broken installer', (output) => {
    expect(judge(output).download).toBe(false)
  })

  test('an end without a binary is broken, an endless one is the download', () => {
    expect(judge('', 0).download).toBe(false)
    expect(judge('', 137, true).download).toBe(true)
  })

  test('gives the message as the reason, in one line', () => {
    expect(judge('HTTPError: Response code 404 (Not Found) for U\n  at x').reason).toBe(
      'Response code 404 (Not Found) for U',
    )
    expect(judge("node:internal\n\nError: Cannot find module 'x'\n at y").reason).toBe(
      "Cannot find module 'x'",
    )
  })
})

describe('npm ci', () => {
  test.each([
    ['npm error code ENOTFOUND\nnpm error network request to https://registry', 'registry (ENOTFOUND)'],
    ['npm ERR! code EAI_AGAIN', 'registry (EAI_AGAIN)'],
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EACCES', 'may not write'],
    ['npm error `npm ci` can only install packages when your package.json and package-lock.json', 'together'],
    ['npm error something else', 'above'],
  ])('%s', (output, words) => {
    expect(explainNpm(output)).toContain(words)
    expect(explainNpm(output)).not.toContain('\n')
  })
})

describe('counting', () => {
  const report = (...files) => JSON.stringify({ testResults: files })
  const file = (status, ...statuses) => ({
    status,
    assertionResults: statuses.map((one) => ({ status: one })),
  })

  test('adds up what each test did', () => {
    const text = report(file('passed', 'passed', 'skipped', 'todo'), file('failed', 'failed', 'passed'))
    expect(countReport(text, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
  })

  test('a file that does not load is a failure', () => {
    expect(countReport(report(file('failed'), file('passed', 'passed')), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    })
  })

  test('an exit code that no test explains is a failure', () => {
    expect(countReport(report(file('passed', 'passed')), 1).failed).toBe(1)
    expect(countReport(undefined, 1).failed).toBe(1)
    expect(countReport('{"testRes', 1).failed).toBe(1)
  })

  test('no report at all never counts as passed', () => {
    expect(countReport(undefined, 0).failed).toBe(1)
  })

  test('the last line', () => {
    expect(summary({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped')
  })
})
