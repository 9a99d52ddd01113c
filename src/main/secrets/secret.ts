import { inspect } from 'node:util'

const shown = '[secret]'

/** A text that must not be shown: prints as `[secret]` wherever it is logged, joined or serialised. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: only at the moment of use. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}
