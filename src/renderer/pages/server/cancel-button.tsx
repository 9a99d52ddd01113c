import { Button } from '@mantine/core'
import type { Server } from '../../../shared/model.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'

/** Gives up what is under way, where that loses nothing. */
export function CancelButton({ server, what }: { server: Server; what: string }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const cancel = async () => {
    await action.run(async () => {
      try {
        putServer(await client.servers.cancel({ id: server.id }))
      } catch (error) {
        // It was done in the meantime.
        if (problemOf(error).code !== 'NOT_FOUND') throw error
      }
    })
    takeLostFocus()
  }
  return (
    <>
      {action.problem && (
        <span className="danger small" role="alert">
          {action.problem.message}
        </span>
      )}
      <Button
        variant="default"
        aria-label={`Cancel: ${what}`}
        loading={action.busy}
        onClick={() => void cancel()}
      >
        Cancel
      </Button>
    </>
  )
}
