import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { PatientButton } from '../../../src/renderer/components/patient-button.tsx'

const html = (props: Parameters<typeof PatientButton>[0]) =>
  renderToStaticMarkup(createElement(PatientButton, props))

describe('the element of every button', () => {
  it('sends no form unless it is told to: Cancel beside Delete for good must not delete', () => {
    // What the component library hands over for a button that says nothing of its type.
    expect(html({ type: undefined })).toContain('type="button"')
    expect(html({ type: undefined, disabled: true })).toContain('type="button"')
    expect(html({ type: 'submit' })).toContain('type="submit"')
  })

  it('keeps the focus while it is busy', () => {
    const busy = html({ disabled: true, 'data-loading': true, tabIndex: 0 })
    expect(busy).toContain('aria-busy="true"')
    expect(busy).toContain('tabindex="0"')
    expect(busy).not.toMatch(/ disabled/)
  })
})
