import type { EngineStatus } from '../../shared/model.ts'
import { Fact, Facts } from './facts.tsx'
import { formatGigabytes } from './format.ts'
import { useFreshEngine } from './use-fresh-engine.ts'

/** What is known of the engine. */
export function EngineFacts({ engine }: { engine: EngineStatus }) {
  useFreshEngine()
  const { name, version, operatingSystem, endpoint, source, memoryTotal, memoryFree, diskFree } = engine
  return (
    <Facts>
      {name && <Fact name="Name">{name}</Fact>}
      {version && <Fact name="Version">{version}</Fact>}
      {operatingSystem && <Fact name="System">{operatingSystem}</Fact>}
      <Fact name="Found through">{source}</Fact>
      <Fact name="Address" mono>
        {endpoint}
      </Fact>
      {memoryTotal !== null && (
        <Fact name="Memory">
          {formatGigabytes(memoryTotal)}
          {memoryFree !== null && `, ${formatGigabytes(memoryFree)} for a new server`}
        </Fact>
      )}
      {diskFree !== null && <Fact name="Disk">{formatGigabytes(diskFree)} free</Fact>}
    </Facts>
  )
}
