import { Link } from 'wouter'
import { Page } from '../components/page.tsx'

/** Said of an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title="Nothing here">
      <p>
        This address leads nowhere. <Link href="/">Go to the servers</Link>
      </p>
    </Page>
  )
}
