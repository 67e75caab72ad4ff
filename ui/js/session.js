// Two minutes before the session ends the page says so and offers to go on
// (WCAG 2.2.1). Tabs tell each other, so one press serves them all.
import { write } from './clock.js'

const warning = 120000

export function session (announce) {
  const dialog = document.getElementById('mk-session')
  if (!dialog || !dialog.showModal) return
  const { now, units, extend, ended } = dialog.dataset
  const skew = Number(now) - Date.now()
  const left = dialog.querySelector('[data-left]')
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('mk-session') : null
  let ends = Number(dialog.dataset.ends)

  const prolong = to => {
    ends = Math.max(ends, to)
    if (dialog.open) dialog.close()
  }
  channel?.addEventListener('message', event => prolong(Number(event.data)))
  channel?.postMessage(ends)

  dialog.querySelector('[data-extend]').addEventListener('click', async event => {
    event.preventDefault()
    const answer = await fetch(extend, { method: 'POST', credentials: 'same-origin' }).catch(() => null)
    const to = Number(answer?.headers.get('X-Session-Ends'))
    if (!answer?.ok || !to) return location.reload()
    prolong(to)
    channel?.postMessage(to)
  })

  const timer = setInterval(() => {
    const span = ends - (Date.now() + skew)
    if (span <= 0) {
      clearInterval(timer)
      left.textContent = ended
      announce(ended)
      return
    }
    if (span > warning) return
    left.textContent = left.dataset.left.replace('{time}', write(span, units.split('|')))
    if (!dialog.open) dialog.showModal()
  }, 1000)
}
