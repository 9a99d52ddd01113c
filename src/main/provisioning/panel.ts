import { Secret } from '../secrets/secret.ts'
import { slug } from './names.ts'
import { generateSecurePassword } from './password.ts'

const PASSWORD_LENGTH = 16

export interface NewPanelCredentials {
  /** Unique: it ends in the server's id. */
  username: string
  password: Secret
}

/** Credentials of one server's own page; the login URL follows from the HTTP door's address. */
export function generatePanelCredentials(server: { id: string; name: string }): NewPanelCredentials {
  return {
    username: `${slug(server.name)}-${server.id}`,
    password: new Secret(generateSecurePassword(PASSWORD_LENGTH)),
  }
}
