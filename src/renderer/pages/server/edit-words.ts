import type { ServerUpdate } from '../../../shared/fields.ts'
import type { Server } from '../../../shared/model.ts'

type Known = Pick<Server, 'status' | 'newWorld' | 'adopted' | 'composeProject'>

const runs = ({ status }: Pick<Server, 'status'>) => status === 'online' || status === 'starting'

/** What an adopted server's change of its container means. */
export function newContainerWords({ composeProject }: Pick<Server, 'composeProject'>): string {
  const kept = 'It needs a new container; the old one is kept until the new one is Online.'
  return composeProject === null ? kept : `${kept} Compose project ${composeProject} will not know it.`
}

/** What Save will do, in sentences. */
export function editWords(changes: ServerUpdate, server: Known): string[] {
  const { name, memory, type, version, address, environment } = changes
  const game = type !== undefined || version !== undefined
  const made = memory !== undefined || environment !== undefined
  const words: string[] = []
  if (name !== undefined) words.push('The name changes at once.')
  if (address !== undefined) words.push('Players are shown the new address at once.')
  if (game) words.push(gameWords(server))
  else if (made) words.push(madeWords(changes, server))
  if (server.adopted && (game || made)) words.push(newContainerWords(server))
  return words.length ? words : ['Nothing is changed yet.']
}

function gameWords(server: Known): string {
  if (server.newWorld) return 'The next start uses the new type and version.'
  const first = 'The world is copied first, and the copy is kept.'
  return runs(server)
    ? `The server is stopped: players are disconnected. ${first} Then it starts again.`
    : first
}

function madeWords({ memory, environment }: ServerUpdate, server: Known): string {
  const what = [memory !== undefined && 'memory', environment !== undefined && 'variables'].filter(Boolean)
  const subject = what.join(' and ')
  const verb = what.length === 1 && memory !== undefined ? 'takes' : 'take'
  const sentence = `${subject} ${verb} effect with ${runs(server) ? 'a restart' : 'the next start'}.`
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
