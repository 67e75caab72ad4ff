// The error summary takes the focus when the page opens; its links lead to the
// field with the label in view, not to the bare input under the window's edge.
export function errors () {
  const summary = document.querySelector('[data-errors]')
  if (!summary) return
  summary.focus()
  summary.addEventListener('click', event => {
    const link = event.target.closest('a')
    const field = link && document.getElementById(link.hash.slice(1))
    if (!field) return
    const group = field.closest('fieldset') || field.closest('.govuk-form-group')
    if (!group) return
    event.preventDefault()
    group.scrollIntoView()
    field.focus({ preventScroll: true })
  })
}
