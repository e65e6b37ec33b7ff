import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { openKeystore } from "./open-keystore.ts";
import { pemParts } from "./pem.ts";
import type { OpenedStores } from "./pkcs12.ts";

/**
 * Their password is "secret". In the key stores is a P-256 key, its certificate (CN=server) and its issuer, by OpenSSL 3, with its own ciphers and with those of old; in the trust stores
 * of Java 17's keytool the issuer alone. Of no use anywhere else.
 */
const fixture = (name: string): Buffer => readFileSync(new URL(`../../test/keystores/${name}`, import.meta.url));
const open = (name: string, password: string | null = "secret") => openKeystore(new Map(), name, fixture(name), password);
const subjects = (certificates: readonly string[]) => certificates.map((pem) => new X509Certificate(pem).subject);

describe("key stores", () => {
  test("of OpenSSL, new and old ciphers, give the key and its certificate first; of keytool, what it trusts", async () => {
    for (const name of ["openssl-3.p12", "openssl-1.p12"]) {
      const { certificates, privateKey } = await open(name);
      assert.deepEqual(subjects(certificates), ["CN=server", "CN=Ottla Test CA"]);
      assert.match(privateKey ?? "", /^-----BEGIN PRIVATE KEY-----/);
    }
    const { certificates, privateKey } = await open("keytool-truststore.p12");
    assert.deepEqual([subjects(certificates), privateKey], [["CN=Ottla Test CA"], undefined]);
  });

  test("that cannot be opened are told with the remedy, and without the password", async () => {
    await assert.rejects(open("openssl-1.p12", "wrong-word"), (error: Error & { code?: string }) => {
      assert.match(error.message, /openssl-1\.p12 cannot be opened with its password/);
      assert.doesNotMatch(error.message, /wrong-word/);
      return error.code === "TLS_STORE";
    });
    await assert.rejects(
      async () => open("keytool-truststore.jks"),
      /keytool-truststore\.jks is a JKS store.*-destkeystore keytool-truststore\.p12 -deststoretype PKCS12/,
    );
    const given = (text: string) => async () => openKeystore(new Map(), "x.p12", Buffer.from(text), null);
    await assert.rejects(
      given("# mine\n-----BEGIN CERTIFICATE-----\n"),
      /x\.p12 is a PEM file and no PKCS#12 store; say that its type is PEM/,
    );
    for (const text of ["", "non", "nothing of the kind"]) await assert.rejects(given(text), /x\.p12 cannot be read as a PKCS#12 store/);
  });

  test("are opened once for the same bytes and password", async () => {
    const opened: OpenedStores = new Map();
    const ask = (password = "secret", name = "openssl-1.p12") => openKeystore(opened, "/k", fixture(name), password);
    const first = await ask();
    assert.equal(await ask(), first);
    await assert.rejects(ask("other"), /password/);
    assert.notEqual(await ask("secret", "openssl-3.p12"), first);
  });
});

test("PEM: certificates and the first key in any order, among other text, with line ends as \\n or blanks", async () => {
  const { certificates, privateKey } = await open("openssl-1.p12");
  const [own = "", issuer = ""] = certificates;
  const expected = { certificates: [own, issuer], privateKey };
  const text = `Bag Attributes\n${own}${privateKey}subject=…\n${issuer}`;
  assert.deepEqual(pemParts(text, "it"), expected);
  assert.deepEqual(pemParts(text.replaceAll("\n", "\\n"), "it"), expected);
  assert.deepEqual(pemParts(text.replaceAll("\n", " "), "it"), expected);
});
