import { answerSeconds, claimDataDir } from '../../src/main/instance.ts'

/**
 * A process of its own that claims a data folder: prints what became of it as a line of JSON, and as the owner
 * answers seconds, after a delay in milliseconds, or never when that is negative. Runs without a build.
 */
const [dataDir = '', delay = '0', patience = '5000'] = process.argv.slice(2)
const claim = await claimDataDir(dataDir, Number(patience))
process.stdout.write(`${JSON.stringify({ ...claim, lock: undefined })}\n`)
if (claim.kind === 'owner') {
  let asked = 0
  const answer = () => {
    asked += 1
    return { mode: 'browser' as const, url: `http://127.0.0.1:1/#code=${asked}`, pid: process.pid }
  }
  if (Number(delay) >= 0) setTimeout(() => void answerSeconds(dataDir, answer), Number(delay))
  setInterval(() => {}, 60_000)
}
