// A customer of the bus that nobody here wrote: npm soap builds the messages from the
// WSDL, xml-crypto signs them and verifies what comes back. Standard input: a JSON array
// of tasks, done one after another; standard output: an array of results.
//
// { wsdl, operation, args, key, certificate } sends one message: { answer, fault, sent, received }
// { verify, certificate } is true or false for an envelope.
"use strict";

const soap = require("soap");
const { SignedXml } = require("xml-crypto");
const { DOMParser } = require("@xmldom/xmldom");
const xpath = require("xpath");

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

// sign makes the transport signature: one reference to the Body, the certificate in a
// KeyIdentifier, no timestamp.
function sign(xml, key, certificate) {
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, "");
  const header =
    `<soap:Header><wsse:Security xmlns:wsse="${wss}wssecurity-secext-1.0.xsd" soap:mustUnderstand="1"/></soap:Header>`;
  xml = xml.replace(/<soap:Header>.*?<\/soap:Header>|<soap:Header\/>/s, "").replace("<soap:Body>", header + "<soap:Body>");
  const signer = new SignedXml({
    privateKey: key,
    publicCert: certificate,
    signatureAlgorithm: rsa,
    canonicalizationAlgorithm: exclusive,
    idMode: "wssecurity",
    getKeyInfoContent: () =>
      `<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="${wss}soap-message-security-1.0#Base64Binary" ` +
      `ValueType="${wss}x509-token-profile-1.0#X509v3">${base64}</wsse:KeyIdentifier></wsse:SecurityTokenReference>`,
  });
  signer.addReference({ xpath: "/*/*[local-name(.)='Body']", transforms: [exclusive], digestAlgorithm: sha256 });
  signer.computeSignature(xml, {
    prefix: "ds",
    location: { reference: "//*[local-name(.)='Security']", action: "append" },
    existingPrefixes: { wsse: `${wss}wssecurity-secext-1.0.xsd` },
  });
  return signer.getSignedXml();
}

function verify(xml, certificate) {
  const doc = new DOMParser().parseFromString(xml, "text/xml");
  const signatures = xpath.select("/*/*[local-name(.)='Header']/*/*[local-name(.)='Signature']", doc);
  if (signatures.length !== 1) return false;
  const checker = new SignedXml({ publicCert: certificate, idMode: "wssecurity", getCertFromKeyInfo: () => null });
  try {
    checker.loadSignature(signatures[0]);
    return checker.checkSignature(xml) && checker.getSignedReferences().length === 1;
  } catch {
    return false;
  }
}

async function send({ wsdl, operation, args, key, certificate }) {
  const client = await soap.createClientAsync(wsdl, { disableCache: true });
  let sent = "";
  const options = {
    postProcess: (xml) => {
      sent = key ? sign(xml, key, certificate) : xml;
      return sent;
    },
  };
  try {
    const [answer, received] = await client[operation + "Async"](args, options);
    return { answer, sent, received };
  } catch (e) {
    const fault = e.root && e.root.Envelope && e.root.Envelope.Body && e.root.Envelope.Body.Fault;
    return { fault: fault || String(e), sent, received: e.body || client.lastResponse || "" };
  }
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", async () => {
  const results = [];
  for (const task of JSON.parse(input)) results.push(task.verify ? verify(task.verify, task.certificate) : await send(task));
  process.stdout.write(JSON.stringify(results));
});
