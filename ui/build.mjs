// Builds dist/: one stylesheet, the scripts, the font cut to our letters, the
// mark. Every name carries a hash of its content, so that it may be cached for
// ever; manifest.json says which name is which. What is text is also written
// compressed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as sass from 'sass'
import subsetFont from 'subset-font'

const here = fileURLToPath(new URL('.', import.meta.url))
const finished = join(here, 'dist')
const dist = join(here, 'dist.new') // renamed at the end: nobody sees half of it
const manifest = {}

function emit (name, content) {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10)
  const dot = name.lastIndexOf('.')
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`
  writeFileSync(join(dist, hashed), bytes)
  if (!name.endsWith('.woff2') && !name.endsWith('.png')) {
    writeFileSync(join(dist, hashed + '.gz'), gzipSync(bytes, { level: 9 }))
    writeFileSync(join(dist, hashed + '.br'), brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    }))
  }
  manifest[name] = hashed
  return hashed
}

// The letters of the three languages and the signs of our texts. Each part is
// fetched only by pages that need it (unicode-range).
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('')
const fonts = [
  { part: 'latin', text: range(0x20, 0x7e) + ' «»–—‘’“”„…·•×№§°©' },
  { part: 'cyrillic', text: range(0x410, 0x44f) + 'ЁёІіҰұ№' },
  { part: 'cyrillic-ext', text: 'ӘәҒғҚқҢңӨөҮүҺһ' },
  { part: 'latin-ext', text: '₸' }
]

// Cutting a font takes seconds, so the result is kept beside the packages.
async function cutFont (part, text) {
  const source = readFileSync(join(here, `node_modules/@fontsource-variable/noto-sans/files/noto-sans-${part}-wght-normal.woff2`))
  const key = createHash('sha256').update(source).update(text).digest('hex')
  const kept = join(here, 'node_modules/.cache', `${part}-${key}.woff2`)
  if (existsSync(kept)) return readFileSync(kept)
  const cut = await subsetFont(source, text, { targetFormat: 'woff2', variationAxes: { wght: { min: 400, max: 700 } } })
  mkdirSync(join(here, 'node_modules/.cache'), { recursive: true })
  writeFileSync(kept, cut)
  return cut
}

async function buildFonts () {
  const rules = []
  for (const { part, text } of fonts) {
    const name = emit(`noto-sans-${part}.woff2`, await cutFont(part, text))
    const points = [...new Set(text)].map(c => c.codePointAt(0)).sort((a, b) => a - b)
    rules.push(`@font-face{font-family:"Noto Sans";font-weight:400 700;font-display:swap;src:url(${name})format("woff2");unicode-range:${ranges(points)}}`)
  }
  return rules.join('')
}

function ranges (points) {
  const parts = []
  for (const p of points) {
    const last = parts.at(-1)
    if (last && last[1] === p - 1) last[1] = p
    else parts.push([p, p])
  }
  const hex = n => n.toString(16).toUpperCase()
  return parts.map(([a, b]) => a === b ? `U+${hex(a)}` : `U+${hex(a)}-${hex(b)}`).join()
}

async function buildScripts () {
  const result = await esbuild.build({
    entryPoints: ['main', 'sign'].map(name => join(here, 'js', name + '.js')),
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2020',
    legalComments: 'none',
    write: false,
    outdir: dist,
    logLevel: 'warning'
  })
  for (const file of result.outputFiles) emit(file.path.split(/[\\/]/).at(-1), file.contents)
}

function buildStyles (fontRules) {
  const { css } = sass.compile(join(here, 'sass/main.scss'), {
    style: 'compressed',
    loadPaths: [join(here, 'node_modules')],
    quietDeps: true
  })
  emit('main.css', fontRules + css)
}

// The licences of what is delivered to browsers travel with it.
function buildNotices () {
  const files = {
    'govuk-frontend': 'notices/govuk-frontend.txt', // the package has none
    'ncalayer-js-client': 'node_modules/ncalayer-js-client/LICENSE',
    'Noto Sans': 'node_modules/@fontsource-variable/noto-sans/LICENSE'
  }
  const notices = Object.entries(files).map(([name, file]) => `${name}\n\n${readFileSync(join(here, file), 'utf8').trim()}\n`)
  emit('notices.txt', notices.join('\n\n'))
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
await buildScripts()
buildStyles(await buildFonts())
for (const name of readdirSync(join(here, 'img'))) emit(name, readFileSync(join(here, 'img', name)))
buildNotices()
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n')
rmSync(finished, { recursive: true, force: true })
renameSync(dist, finished)
