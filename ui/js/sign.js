// Signing with NCALayer, the program on the person's computer that holds the
// keys. The form carries the exact bytes; the signature goes back in it.
import ncalayer from 'ncalayer-js-client'

const connectTimeout = 10000
const signTimeout = 5 * 60000

class Timeout extends Error {}

function within (ms, promise) {
  let timer
  const late = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Timeout()), ms) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// What went wrong, as the name of the message that says what to do.
class Failure extends Error {
  constructor (state) {
    super(state)
    this.state = state
  }
}

async function sign (form, show) {
  const { content, attached, ncalayer: url, chain, locale } = form.dataset
  // The HTTP interface of other vendors' programs is not asked.
  const client = new ncalayer.NCALayerClient(url, false)
  try {
    show('connecting')
    await within(connectTimeout, client.connect()).catch(() => { throw new Failure('refused') })
    show('waiting')
    const how = { decode: true, encapsulate: attached === 'true', digested: false }
    // Any key of the person may sign; who it belongs to, the server checks. An
    // empty chain lets the keys of a test authority be chosen.
    const who = chain === undefined ? { extKeyUsageOids: [] } : { extKeyUsageOids: [], chain: JSON.parse(chain) }
    return await within(signTimeout, client.basicsSignCMS(null, content, how, who, locale))
  } catch (error) {
    if (error instanceof Failure) throw error
    if (error instanceof Timeout) throw new Failure('timeout')
    throw new Failure(error.canceledByUser ? 'cancelled' : 'failed')
  } finally {
    client.wsConnection?.close()
  }
}

// NCALayer may wrap its base64 or put PEM lines around it.
function bare (cms) {
  return cms.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '')
}

function enhance (form) {
  const button = form.querySelector('[data-sign-button]')
  const status = form.querySelector('[data-sign-status]')
  const help = form.querySelector('[data-sign-help]')
  let busy = false

  const show = (state, wrong = false) => {
    status.textContent = form.querySelector(`[data-state="${state}"]`).textContent
    status.classList.toggle('mk-sign__status--error', wrong)
    help.hidden = !wrong
  }
  const rest = () => {
    busy = false
    button.removeAttribute('aria-disabled')
  }
  form.addEventListener('submit', async event => {
    event.preventDefault()
    event.stopPropagation()
    if (busy) return
    busy = true
    button.setAttribute('aria-disabled', 'true')
    try {
      form.elements.signature.value = bare(await sign(form, show))
      show('sending')
      form.submit()
    } catch (error) {
      show(error instanceof Failure ? error.state : 'failed', true)
      rest()
    }
  })
  window.addEventListener('pageshow', event => {
    if (!event.persisted) return
    rest()
    status.textContent = ''
  })
}

for (const form of document.querySelectorAll('form[data-sign]')) enhance(form)
