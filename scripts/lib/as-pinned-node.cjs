// Loaded into npm by install.mjs. What npm installs runs on the Node that the project pins, but npm judges by
// the Node that it runs on itself, and leaves out in silence the native parts that do not support that one.
const { devDependencies } = require('../../package.json')

Object.defineProperty(process, 'version', { value: `v${devDependencies.node}` })
