// The comforts of every page. A page works without any of them.
import { announcer } from './announce.js'
import { clocks } from './clock.js'
import { errors } from './errors.js'
import { keys } from './keys.js'
import { live } from './live.js'
import { once } from './once.js'
import { reveal } from './reveal.js'
import { search } from './search.js'
import { session } from './session.js'

document.documentElement.classList.add('mk-scripted')
const announce = announcer()
errors()
once()
reveal()
keys()
clocks(document, announce)
live(announce)
search(announce)
session(announce)
