import { EngineBanner } from '../../components/engine-banner.tsx'
import { EngineFacts } from '../../components/engine-facts.tsx'
import { useApp } from '../../store/store.ts'
import { Section } from './section.tsx'
import styles from './settings.module.css'

/** Which engine is used, where it was found and what else was tried. */
export function EngineSection() {
  const engine = useApp((state) => state.engine)
  return (
    <Section title="Engine" about="LightNode finds Docker by itself and stays with the engine it used first.">
      <EngineBanner />
      {engine && <EngineFacts engine={engine} />}
      {engine && engine.tried.length > 0 && (
        <div>
          <h3 className={styles.tried}>What was tried, in this order</h3>
          <ol className={styles.tries}>
            {engine.tried.map(({ source, endpoint, outcome }) => (
              <li key={`${source} ${endpoint}`}>
                <span>{source}</span>
                <span className="mono secondary">{endpoint}</span>
                <span>{outcome}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Section>
  )
}
