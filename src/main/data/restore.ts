import { LightNodeError } from '../../shared/errors.ts'
import { insertActivity } from '../database/activity.ts'
import { backUp } from '../database/backup.ts'
import { findInstallation } from '../database/installation.ts'
import type { Database } from '../database/open.ts'
import type { PrivateCopy } from '../database/private-copy.ts'
import { replaceContent } from '../database/replace-content.ts'
import { getSetting, setSetting } from '../database/settings.ts'
import { opensKeyCheck } from '../secrets/key-check.ts'
import { beginLookOnly } from './look-only.ts'

/**
 * A copy of this installation alone can come back: its id is on every container, and its key opens the passwords.
 *
 * @throws LightNodeError KEY_UNAVAILABLE, INVALID_INPUT
 */
export function refuseOthers(database: Database, key: Buffer, copy: PrivateCopy): void {
  if (!opensKeyCheck(key, copy.facts.keyCheck))
    throw new LightNodeError('KEY_UNAVAILABLE', 'This copy was sealed by the key of another installation.', {
      remedy: 'Nothing was changed. Take its servers over with Import, from an export of that installation.',
    })
  if (findInstallation(database)?.id !== copy.facts.installationId)
    throw new LightNodeError('INVALID_INPUT', 'This copy is of another installation.', {
      remedy: 'Nothing was changed. End LightNode and start it once with --restore and the name of the copy.',
    })
}

/**
 * Copies what is there, then puts the copy's content in its place, in one transaction with the mark that
 * LightNode only looks.
 *
 * @param now milliseconds since 1970
 * @throws LightNodeError STORAGE_FAILED, BACKUP_FAILED; nothing is changed then
 */
export async function takeOver(
  { database, dataDir }: { database: Database; dataDir: string },
  { name, copy, actor, now }: { name: string; copy: PrivateCopy; actor: string; now: number },
): Promise<void> {
  await backUp(database, dataDir, 'before-restore', now)
  // The pages that are open were loaded from this port.
  const port = getSetting(database, 'http.port')
  replaceContent(database, copy.file, () => {
    if (port !== null) setSetting(database, 'http.port', port)
    beginLookOnly(database, name, now)
    insertActivity(database, {
      ...{ at: now, actor, action: 'data.restored', serverId: null, serverName: null, level: 'warning' },
      message: `The database went back to the copy ${name}. LightNode only looks until this is confirmed.`,
    })
  })
}
