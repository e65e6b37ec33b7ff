// Certificates that are not what they should be, as the broker's log tells of them.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { createAuthority, issueCertificate } from "../../certificates/index.ts";
import { GuardedBroker } from "../testing/guarded-broker.ts";

const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 60 * 24 * HOUR_MS) };
const OPENSSL = "openssl";
const hasOpenssl = spawnSync(OPENSSL, ["version"]).status === 0;

test("a client that does not trust the broker is told of in one line, in TLS 1.3 as well, where it says so when the handshake is over", {
  skip: hasOpenssl ? false : "there is no openssl on this machine",
}, async () => {
  const authority = await createAuthority({ subject: "CN=CA", ...validity });
  const own = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
  for (const version of ["-tls1_3", "-tls1_2"]) {
    await using guarded = await GuardedBroker.start(
      { "ssl.keystore.type": "PEM", "ssl.keystore.certificate.chain": own.certificate, "ssl.keystore.key": own.privateKey },
      { listener: "SASL_SSL" },
    );
    const { bootstrap } = guarded.broker.running;
    for (let i = 0; i < 2; i++)
      await new Promise((resolve) =>
        execFile(OPENSSL, ["s_client", "-connect", bootstrap, "-verify_return_error", version], resolve).stdin!.end(),
      );
    while (guarded.said.length === 0 || guarded.connections > 0) await new Promise(setImmediate);
    assert.equal(guarded.said.length, 1, version);
    assert.match(String(guarded.said[0]!["reason"]), /does not trust the broker's certificate.*names the host/);
  }
});
