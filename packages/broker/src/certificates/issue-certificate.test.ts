import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { createAuthority, issueCertificate } from "./index.ts";

const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 24 * HOUR_MS) };

test("an authority issues certificates that OpenSSL takes as its own, for the hosts that they name and no others", async () => {
  const authority = await createAuthority({ subject: "CN=Test CA,O=Ottla", ...validity });
  const issued = await issueCertificate(authority, { subject: "CN=broker", hosts: ["broker.test", "127.0.0.1", "::1"], ...validity });
  const ca = new X509Certificate(authority.certificate);
  const certificate = new X509Certificate(issued.certificate);
  assert.ok(ca.ca && !certificate.ca);
  assert.ok(certificate.verify(ca.publicKey) && certificate.checkIssued(ca));
  assert.ok(certificate.checkPrivateKey((await import("node:crypto")).createPrivateKey(issued.privateKey)));
  assert.deepEqual(
    [
      certificate.checkHost("broker.test"),
      certificate.checkHost("other.test"),
      certificate.checkIP("127.0.0.1"),
      certificate.checkIP("::1"),
    ],
    ["broker.test", undefined, "127.0.0.1", "::1"],
  );
});

test("an authority whose key is none is refused in one sentence that does not hold the key", async () => {
  const authority = await createAuthority({ subject: "CN=Test CA", ...validity });
  await assert.rejects(issueCertificate({ ...authority, privateKey: "c2VjcmV0" }, { subject: "CN=x", hosts: [], ...validity }), {
    code: "AUTHORITY_UNREADABLE",
    message: /^The authority's certificate or key cannot be read; (?!.*c2VjcmV0)/,
  });
});

test("a subject longer than the library can read in no time is refused", async () => {
  const subject = `CN=${"x".repeat(1022)}`;
  await assert.rejects(createAuthority({ subject, ...validity }), {
    code: "INVALID_SUBJECT",
    message: /^"CN=x{57}…" is no subject of a certificate: it has 1025 characters, and 1024 are the most\.$/,
  });
  await createAuthority({ subject: subject.slice(0, -1), ...validity });
});
