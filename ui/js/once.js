// A form is sent once: a second press while the answer is under way does
// nothing. Coming back to the page with the browser's own button frees it.
const sending = 'sending'

export function once () {
  document.addEventListener('submit', event => {
    const form = event.target
    if (form.method !== 'post') return
    if (form.dataset[sending]) {
      event.preventDefault()
      return
    }
    form.dataset[sending] = '1'
    // A lost connection must not lock the page for ever.
    setTimeout(() => { delete form.dataset[sending] }, 15000)
  })
  window.addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset[sending]
  })
}
