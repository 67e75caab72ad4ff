// A search form is a plain GET form; while one types, its results renew in
// place. Asks a quarter of a second after the last key, and only the last answer
// counts.
import { fragment } from './fragment.js'

export function search (announce) {
  for (const form of document.querySelectorAll('form[data-search]')) enhance(form, announce)
}

function enhance (form, announce) {
  const input = form.querySelector('input[type="search"]')
  const results = document.getElementById(form.dataset.search)
  if (!input || !results) return
  let timer
  let asked

  const ask = async () => {
    asked?.abort()
    asked = new AbortController()
    const url = new URL(form.action)
    url.search = new URLSearchParams(new FormData(form))
    results.setAttribute('aria-busy', 'true')
    try {
      const fresh = await fragment(url, results.id, asked.signal)
      if (fresh) {
        results.replaceChildren(...fresh.childNodes)
        history.replaceState(null, '', url)
        announce(results.querySelector('[data-found]')?.textContent || form.dataset.found)
      }
      results.removeAttribute('aria-busy')
    } catch (error) {
      if (error.name !== 'AbortError') results.removeAttribute('aria-busy')
    }
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 250)
  })
}
