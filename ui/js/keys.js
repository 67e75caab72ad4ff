// Access keys are found by the place of the key, so that they work whichever
// letters it writes: on a Kazakh keyboard the digits themselves are letters. What
// the browser has done by itself it has marked.
export function keys () {
  // The browser waits with this until the window is seen: a tab that was opened
  // in the background would have its focus nowhere.
  if (document.activeElement === document.body) document.querySelector('main [autofocus]')?.focus()
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const sign = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code)?.[1]
    const target = sign && document.querySelector(`[accesskey="${sign.toLowerCase()}"]`)
    if (!target) return
    event.preventDefault()
    target.click()
  })
}
