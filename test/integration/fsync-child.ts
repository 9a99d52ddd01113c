import { writeSync } from 'node:fs'
import { input, openKit, smallRanges } from '../unit/core/kit.ts'

// Creates servers in a database in a file and says so on standard output after each; traced from outside.
const [file = '', synchronous = 'FULL'] = process.argv.slice(2)
const kit = openKit({ file, ranges: smallRanges(20) })
if (synchronous !== 'FULL') kit.database.pragma(`synchronous = ${synchronous}`)
for (let n = 1; n <= 10; n += 1) {
  await kit.provision(input({ name: `Server ${n}` }))
  writeSync(1, `answered ${n}\n`)
}
kit.database.close()
