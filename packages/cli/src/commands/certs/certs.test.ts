import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { issueCertificate } from "@ottla/broker/certificates";
import { runWords } from "../../testing/command-line-fixture.ts";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-certs-test-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...words: readonly string[]) => runWords(["certs", ...words]);
const json = async (...words: readonly string[]) => JSON.parse((await run(...words, "--json")).stdout) as Record<string, unknown>;

test("an authority is made once, issues certificates that name their hosts, and its key is for its owner's eyes alone", async () => {
  const ca = join(folder, "ca");
  const made = await json("ca", "--ca", ca);
  assert.equal(statSync(String(made["privateKey"])).mode & 0o777, 0o600);
  const again = await run("ca", "--ca", ca);
  assert.deepEqual([again.status, /There is an authority in/.test(again.stderr)], [1, true]);
  const issued = await json("issue", "broker-1", "--ca", ca, "--host", "localhost", "--host", "127.0.0.1");
  const text = readFileSync(String(issued["keystore"]), "utf8");
  const certificate = new X509Certificate(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text)![0]);
  assert.ok(certificate.verify(new X509Certificate(readFileSync(String(made["certificate"]))).publicKey));
  assert.equal(certificate.subjectAltName, "DNS:localhost, IP Address:127.0.0.1");
  assert.equal((await run("issue", "broker-1", "--ca", ca)).status, 1);
  assert.equal((await run("issue", "../out", "--ca", ca)).status, 2);
});

test("a rotated certificate keeps subject and hosts and has another key; check tells which ends soon", async () => {
  const ca = join(folder, "rotating");
  await run("ca", "--ca", ca);
  const { keystore } = await json("issue", "b", "--ca", ca, "--host", "h.test", "--subject", "CN=b,O=Example", "--days", "3");
  const soon = await run("check", String(keystore));
  assert.equal(soon.status, 1);
  assert.match(soon.stdout, /CN=b,O=Example +h\.test .* ends soon/);
  const before = readFileSync(String(keystore), "utf8");
  const rotated = await run("rotate", String(keystore), "--ca", ca);
  assert.equal(rotated.status, 0, rotated.stderr);
  assert.notEqual(readFileSync(String(keystore), "utf8"), before);
  const checked = await run("check", String(keystore), "--json");
  assert.deepEqual(
    [checked.status, checked.stdout.includes('"subject": "CN=b,O=Example"'), checked.stdout.includes('"h.test"')],
    [0, true, true],
  );
});

test("check looks at every certificate of a file, and a file without one hides no other", async () => {
  const ca = join(folder, "short");
  await run("ca", "--ca", ca, "--days", "5");
  const { keystore } = await json("issue", "c", "--ca", ca, "--days", "5");
  const damaged = join(folder, "damaged.pem");
  writeFileSync(damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const { status, stdout, stderr } = await run("check", join(ca, "ca-key.pem"), damaged, String(keystore));
  assert.equal(status, 1);
  assert.equal(stdout.match(/ends soon/g)?.length, 2, "its own and its authority's");
  assert.match(stderr, /^ottla: \S*damaged\.pem: its certificate 1 is damaged\.\n$/, "a key is no fault beside others");
  assert.match((await run("check", join(ca, "ca-key.pem"))).stderr, /ca-key\.pem holds no certificate in PEM/);
  const early = await issueCertificate(
    { certificate: readFileSync(join(ca, "ca.pem"), "utf8"), privateKey: readFileSync(join(ca, "ca-key.pem"), "utf8") },
    { subject: "CN=early", hosts: [], notBefore: new Date(Date.now() + 3_600_000), notAfter: new Date(Date.now() + 90_000_000_000) },
  );
  writeFileSync(damaged, early.certificate);
  assert.match((await run("check", damaged)).stdout, /not valid yet/);
});

test("what is no authority or no certificate is told in one sentence", async () => {
  assert.match((await run("issue", "x", "--ca", join(folder, "none"))).stderr, /There is no authority in .*ottla certs ca/);
  assert.match((await run("check", join(folder, "none.pem"))).stderr, /none\.pem cannot be read \(ENOENT\)/);
});
