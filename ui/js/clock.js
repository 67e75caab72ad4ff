// Clocks: the page carries the instants and the server's own time, so a wrong
// clock of the computer does no harm. Only the last ten, five and one minutes
// are read out.
const minute = 60000
const spoken = [10, 5, 1].map(n => n * minute)

export function clocks (root, announce) {
  for (const element of root.querySelectorAll('[data-clock]')) start(element, announce)
}

function start (box, announce) {
  const time = box.querySelector('[data-clock-time]')
  const { clock, at, now, units, over, left } = box.dataset
  const skew = Number(now) - Date.now()
  const mark = Number(at)
  let before = Infinity

  const tick = () => {
    if (!box.isConnected) return clearInterval(timer)
    const present = Date.now() + skew
    const span = clock === 'down' ? mark - present : present - mark
    if (clock === 'down' && span <= 0) {
      clearInterval(timer)
      time.textContent = over
      box.classList.add('mk-clock--over')
      if (before !== Infinity) {
        announce(over)
        document.dispatchEvent(new CustomEvent('mk:due'))
      }
      return
    }
    const text = write(span, units.split('|'))
    time.textContent = text
    if (clock === 'down') {
      box.classList.toggle('mk-clock--soon', span <= 10 * minute)
      if (spoken.some(s => before > s && span <= s) && before !== Infinity) announce(left.replace('{time}', text))
    }
    before = span
  }
  const timer = setInterval(tick, 1000)
  tick()
}

// 1 h 05 min 09 s; hours only when there are any.
export function write (ms, [h, m, s]) {
  const all = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(all / 3600)
  const minutes = Math.floor(all / 60) % 60
  const parts = hours ? [`${hours}\u00a0${h}`] : []
  parts.push(`${minutes}\u00a0${m}`, `${String(all % 60).padStart(2, '0')}\u00a0${s}`)
  return parts.join(' ')
}
