// Drives the emulator with the client that pages use; prints what it got.
const { NCALayerClient: Client } = require(process.argv[2])

async function main() {
  const c = new Client(process.argv[3], false)
  const seen = { version: await c.connect(), mobile: c.isKmd }
  const data = Buffer.from('мәтін').toString('base64')
  const signer = Client.basicsSignerTestAny
  const once = (params) => c.basicsSignCMS(Client.basicsStoragePKCS12, data, params, signer, 'kk')
  seen.attached = await once(Client.basicsCMSParamsAttached)
  seen.detached = await once(Client.basicsCMSParamsDetachedNoTSP)
  seen.many = await c.basicsSignCMS(null, [data, data], Client.basicsCMSParamsAttached, signer, 'kk')
  try {
    await once(Client.basicsCMSParamsAttached)
  } catch (e) {
    seen.cancelled = e.canceledByUser === true
  }
  try {
    await once(Client.basicsCMSParamsAttached)
  } catch (e) {
    seen.failed = e.message
  }
  seen.tokens = await c.getActiveTokens()
  seen.key = (await c.getKeyInfo('PKCS12')).subjectCn
  seen.legacy = await c.createCAdESFromBase64('PKCS12', data, 'SIGNATURE', true)
  await c.changeLocale('kk')
  console.log(JSON.stringify(seen))
  process.exit(0)
}

main().catch((e) => { console.error(e); process.exit(1) })
