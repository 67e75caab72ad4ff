// A block that follows a case renews itself: the same address is asked for the
// block alone, and it changes only when its key does. Hidden pages do not ask.
import { clocks } from './clock.js'
import { fragment } from './fragment.js'

const longest = 60000

export function live (announce) {
  for (const block of document.querySelectorAll('[data-live]')) follow(block, announce)
}

function follow (block, announce) {
  let pause = Number(block.dataset.live)
  const first = pause

  const ask = async () => {
    let fresh
    try {
      if (document.hidden) return wait()
      fresh = await fragment(location.href, block.id)
    } catch {
      pause = Math.min(pause * 2, longest) // the network is away
      return wait()
    }
    if (!fresh) return document.documentElement.classList.remove('mk-scripted')
    pause = first
    if (fresh.dataset.liveNext) return location.assign(fresh.dataset.liveNext)
    if (fresh.dataset.liveKey !== block.dataset.liveKey) {
      block.dataset.liveKey = fresh.dataset.liveKey
      block.replaceChildren(...fresh.childNodes)
      clocks(block, announce)
      announce(block.dataset.liveMessage)
    }
    if (fresh.dataset.live) wait()
  }
  const wait = () => setTimeout(ask, pause)
  wait()
  document.addEventListener('mk:due', () => setTimeout(ask, 1500), { once: true })
}
