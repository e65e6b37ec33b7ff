import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { LogFields, TlsServer, TlsServerMaterial } from "@ottla/base";
import { OttlaError, silentLogger } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { SimulatedClock } from "@ottla/base/simulated";
import { createAuthority, issueCertificate } from "../../certificates/index.ts";
import { EffectiveConfig } from "../../config/effective-config.ts";
import { ListenerTls } from "./listener-tls.ts";

const DAY_MS = 86_400_000;
const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 60 * 86_400_000) };
const authority = await createAuthority({ subject: "CN=CA", ...validity });
const issue = async (subject: string, ...hosts: string[]) => {
  const { certificate, privateKey } = await issueCertificate(authority, { subject, hosts, ...validity });
  return { certificate, file: Buffer.from(privateKey + certificate) };
};

/** A listener whose stores are in memory; its net tells what it was given. */
function sceneOf(settings: Readonly<Record<string, string>>, files: Map<string, Buffer>) {
  const given: TlsServerMaterial[] = [];
  const said: LogFields[] = [];
  const config = new EffectiveConfig({ configs: () => new Map() }, new Map(Object.entries(settings)), 1);
  const net = { ...nodeNet, tlsServer: (material: TlsServerMaterial): TlsServer => (given.push(material), nodeNet.tlsServer(material)) };
  const readFile = (path: string): Buffer => {
    const bytes = files.get(path);
    if (bytes === undefined) throw Object.assign(new OttlaError("ENOENT", "none"), { code: "ENOENT" });
    return bytes;
  };
  const warned: unknown[] = [];
  const logger = {
    ...silentLogger,
    error: (_: string, fields: LogFields = {}) => void said.push(fields),
    warn: (text: string, { daysLeft }: LogFields = {}) => void warned.push([text, daysLeft]),
  };
  const clock = new SimulatedClock(validity.notAfter.getTime() - 31 * DAY_MS);
  const open = () => ListenerTls.open({ clock, net, logger, config, readFile }, "OUTER", 1, false);
  return { open, given, said, warned, clock };
}

const PEM = {
  "listener.name.outer.ssl.keystore.type": "PEM",
  "listener.name.outer.ssl.keystore.location": "/k.pem",
  "ssl.keystore.type": "JKS",
};
const subjectIn = ({ certificateChain }: TlsServerMaterial): string => new X509Certificate(certificateChain).subject;

test("a file that changes is taken for the next connection; what cannot be used leaves the old certificate, and is said once", async () => {
  const files = new Map([["/k.pem", (await issue("CN=b", "a.test")).file]]);
  const { open, given, said } = sceneOf(PEM, files);
  const tls = await open();
  const first = tls.server;
  await tls.reload();
  assert.equal(tls.server, first);
  files.set("/k.pem", (await issue("CN=b", "a.test", "b.test")).file);
  await tls.reload();
  assert.notEqual(tls.server, first);
  const second = tls.server;
  for (const bad of [Buffer.from("nothing"), (await issue("CN=c", "a.test", "b.test")).file, (await issue("CN=b", "b.test")).file]) {
    files.set("/k.pem", bad);
    await tls.reload();
    await tls.reload();
    assert.equal(tls.server, second);
  }
  files.delete("/k.pem");
  await tls.reload();
  assert.deepEqual(
    said.map(({ error }) => /no private key|another subject|does not name DNS:a\.test|cannot be read \(ENOENT\)/.exec(String(error))?.[0]),
    ["no private key", "another subject", "does not name DNS:a.test", "cannot be read (ENOENT)"],
  );
  assert.equal(given.length, 2);
});

test("a certificate that nears its end while the broker runs is told once a day, also where a new one is there that cannot be used", async () => {
  const files = new Map([["/k.pem", (await issue("CN=b", "a.test")).file]]);
  const { open, warned, clock } = sceneOf(PEM, files);
  const tls = await open();
  await tls.reload();
  assert.deepEqual(warned, []);
  clock.advance(DAY_MS + 1);
  await tls.reload();
  await tls.reload();
  files.set("/k.pem", Buffer.from("nothing"));
  clock.advance(DAY_MS);
  await tls.reload();
  clock.advance(29 * DAY_MS);
  await tls.reload();
  await tls.reload();
  assert.deepEqual(warned, [
    ["the broker's certificate expires soon", 29],
    ["the broker's certificate expires soon", 28],
    ["the broker's certificate has expired", -1],
  ]);
});

test("a listener's own settings go before the broker's, and subject and hosts may change where that is allowed", async () => {
  const files = new Map([["/k.pem", (await issue("CN=b", "a.test")).file]]);
  const { open, given } = sceneOf({ ...PEM, "ssl.allow.dn.changes": "true", "ssl.allow.san.changes": "true" }, files);
  const tls = await open();
  files.set("/k.pem", (await issue("CN=c", "c.test")).file);
  await tls.reload();
  assert.deepEqual(given.map(subjectIn), ["CN=b", "CN=c"]);
});

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../../base/test/keystores/${name}`, import.meta.url));

test("PKCS#12 stores are opened under Kafka's default type, too; what is none is told by file", async () => {
  const stores = (type: string, trust: string) =>
    sceneOf(
      {
        "ssl.keystore.type": type,
        "ssl.keystore.location": "/k",
        "ssl.keystore.password": "secret",
        "ssl.truststore.location": "/t.jks",
        "ssl.truststore.password": "secret",
      },
      new Map([
        ["/k", fixture("openssl-1.p12")],
        ["/t.jks", fixture(trust)],
      ]),
    );
  const { open, given } = stores("JKS", "keytool-truststore.p12");
  await open();
  assert.deepEqual([subjectIn(given[0]!), given[0]!.trustedCertificates.length], ["CN=server", 1]);
  await assert.rejects(stores("PKCS12", "keytool-truststore.jks").open(), {
    code: "TLS_STORE",
    message: /t\.jks is a JKS store.*keytool -importkeystore/,
  });
});
