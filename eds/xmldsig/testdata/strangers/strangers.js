// Checks and makes XML signatures with xml-crypto, for the tests of the package above.
// Standard input: a JSON array of tasks; standard output: an array of results, true or
// false for { verify, certificate, wsse }, the document for { sign, certificate, key, wsse, id }.
"use strict";

const { SignedXml } = require("xml-crypto");
const { DOMParser } = require("@xmldom/xmldom");
const xpath = require("xpath");

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

function verify({ verify: xml, certificate, wsse }) {
  const doc = new DOMParser().parseFromString(xml, "text/xml");
  const signatures = xpath.select("//*[local-name(.)='Signature' and namespace-uri(.)='http://www.w3.org/2000/09/xmldsig#']", doc);
  const checker = new SignedXml({ publicCert: certificate, idMode: wsse ? "wssecurity" : undefined, getCertFromKeyInfo: () => null });
  checker.loadSignature(signatures[signatures.length - 1]);
  try {
    return checker.checkSignature(xml) && checker.getSignedReferences().length === 1;
  } catch {
    return false;
  }
}

function sign({ sign: xml, certificate, key, wsse, id }) {
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, "");
  const signer = new SignedXml({
    privateKey: key,
    publicCert: certificate,
    signatureAlgorithm: rsa,
    canonicalizationAlgorithm: wsse || id ? exclusive : inclusive,
    idMode: wsse ? "wssecurity" : undefined,
    idAttributes: ["Id"],
    getKeyInfoContent: wsse
      ? () =>
          `<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="${wss}soap-message-security-1.0#Base64Binary" ` +
          `ValueType="${wss}x509-token-profile-1.0#X509v3">${base64}</wsse:KeyIdentifier></wsse:SecurityTokenReference>`
      : SignedXml.getKeyInfoContent,
  });
  if (wsse) {
    signer.addReference({ xpath: "/*/*[local-name(.)='Body']", transforms: [exclusive], digestAlgorithm: sha256 });
    signer.computeSignature(xml, {
      prefix: "ds",
      location: { reference: "//*[local-name(.)='Security']", action: "append" },
      existingPrefixes: { wsse: `${wss}wssecurity-secext-1.0.xsd` },
    });
  } else if (id) {
    signer.addReference({ xpath: `//*[@Id='${id}']`, transforms: [enveloped, exclusive], digestAlgorithm: sha256 });
    signer.computeSignature(xml, { prefix: "ds" });
  } else {
    signer.addReference({ xpath: "/*", uri: "", isEmptyUri: true, transforms: [enveloped, inclusive], digestAlgorithm: sha256 });
    signer.computeSignature(xml, { prefix: "ds" });
  }
  return signer.getSignedXml();
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  const results = JSON.parse(input).map((task) => (task.verify ? verify(task) : sign(task)));
  process.stdout.write(JSON.stringify(results));
});
