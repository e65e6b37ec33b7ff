import assert from "node:assert/strict";
import { test } from "node:test";
import { authority, client, server } from "../node/testing/tls-fixture.ts";
import { pemParts, revocationListsIn } from "./pem.ts";

const CRL = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
const isCutOff = { code: "TLS_STORE", message: /^the file has a "BEGIN [A-Z0-9 ]+" without its end, so it was cut off/ };

test("certificates are found in their order, and the first key, whatever is around them", () => {
  const found = pemParts(
    `Bag Attributes\n${server.privateKey}subject=CN=x\n${authority}\n${client.certificate}${client.privateKey}`,
    "the file",
  );
  assert.deepEqual(found.certificates.map(text), [authority, client.certificate].map(text));
  assert.equal(text(found.privateKey!), text(server.privateKey));
  const onOneLine = pemParts(authority.replaceAll("\n", "\\n"), "the file");
  assert.equal(text(onOneLine.certificates[0]!), text(authority));
  assert.deepEqual(pemParts("nothing", "the file"), { certificates: [], privateKey: undefined });
});

test("a text that was cut off anywhere inside a block is refused, and never taken for what is left of it", () => {
  const whole = authority + client.certificate;
  const second = whole.indexOf("-----BEGIN", 1);
  for (let end = second + "-----BEGIN CERTIFICATE-----".length; end < whole.trimEnd().length; end += 7)
    assert.throws(() => pemParts(whole.slice(0, end), "the file"), isCutOff, `${end}`);
  // Half a file, and another behind it.
  assert.throws(() => pemParts(authority.slice(0, 200) + client.certificate, "the file"), isCutOff);
  assert.throws(() => revocationListsIn(CRL + CRL.slice(0, 40), "the file"), isCutOff);
  assert.equal(revocationListsIn(CRL + authority + CRL, "the file").length, 2);
});

test("a text takes time linear in its length, whatever is in it", () => {
  // Half a million beginnings: each looked for its end to the end of the text would take minutes.
  for (const piece of ["-----BEGIN A-----", "-----BEGIN ", "-----BEGIN A-----\n-----END B-----\n"]) {
    const text = piece.repeat(4_000_000 / piece.length);
    if (piece.includes("A")) assert.throws(() => pemParts(text, "the file"), isCutOff);
    else assert.deepEqual(pemParts(text, "the file").certificates, []);
  }
});

function text(pem: string): string {
  return pem.replaceAll(/\s/g, "");
}
