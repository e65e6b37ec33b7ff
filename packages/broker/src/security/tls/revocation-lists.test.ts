// Clients' certificates that are not what they should be: revoked, expired, from somebody else; and lists of revocation that are not, either.
import assert from "node:assert/strict";
import { connect } from "node:tls";
import { test } from "node:test";
import { OttlaError, silentLogger } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { SimulatedClock } from "@ottla/base/simulated";
import { createAuthority, type IssuedCertificate, issueCertificate } from "../../certificates/index.ts";
import { EffectiveConfig } from "../../config/effective-config.ts";
import { revocationList } from "../testing/revocation-list.ts";
import { ListenerTls } from "./listener-tls.ts";

const HOUR_MS = 3_600_000;
const now = Date.now();
const validity = { notBefore: new Date(now - 2 * HOUR_MS), notAfter: new Date(now + 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=CA", ...validity });
const stranger = await createAuthority({ subject: "CN=Stranger", ...validity });
const issue = (subject: string, more = {}, by = authority) => issueCertificate(by, { subject, hosts: [], ...validity, ...more });
const own = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
const [alice, mallory] = [await issue("CN=alice"), await issue("CN=mallory")];
const CRL = "/crl.pem";
const listOf = (revoked: readonly IssuedCertificate[], nextUpdateMs = now + HOUR_MS, by = authority): Promise<string> =>
  revocationList(
    by,
    revoked.map(({ certificate }) => certificate),
    new Date(nextUpdateMs),
  );

/** A listener that asks for certificates; its one file may change. */
class Scene {
  readonly files: Map<string, string>;
  readonly tls: ListenerTls;

  private constructor(files: Map<string, string>, tls: ListenerTls) {
    this.files = files;
    this.tls = tls;
  }

  static async start(list?: string): Promise<Scene> {
    const files = new Map(list === undefined ? [] : [[CRL, list]]);
    const settings = {
      "ssl.client.auth": "required",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.certificate.chain": own.certificate,
      "ssl.keystore.key": own.privateKey,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.certificates": authority.certificate,
      ...(list !== undefined && { "listener.name.outer.ottla.ssl.crl.location": CRL }),
    };
    const config = new EffectiveConfig({ configs: () => new Map() }, new Map(Object.entries(settings)), 1);
    const readFile = (path: string): Buffer => Buffer.from(files.get(path) ?? "");
    const deps = { clock: new SimulatedClock(), net: nodeNet, logger: silentLogger, config, readFile };
    return new Scene(files, await ListenerTls.open(deps, "OUTER", 1, false));
  }

  async change(list: string): Promise<void> {
    this.files.set(CRL, list);
    await this.tls.reload();
  }

  /** "served", or why who shows that certificate is not. */
  async outcome({ certificate, privateKey }: IssuedCertificate): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const listener = await nodeNet.listen("127.0.0.1", 0, (socket) => {
      socket.acceptTls(this.tls.server, { timeoutMs: 5000 }).then(
        ({ socket: encrypted }) => {
          encrypted.destroy();
          resolve("served");
        },
        (error: unknown) => resolve(error instanceof OttlaError ? error.message : String(error)),
      );
    });
    const client = connect({ host: "127.0.0.1", port: listener.port, ca: authority.certificate, cert: certificate, key: privateKey });
    client.on("error", () => {});
    const outcome = await promise;
    client.destroy();
    await listener.close();
    return outcome;
  }
}

test("a revoked certificate is refused, from the moment that the list changes; one that ran out, or is of another authority, refuses all", async () => {
  const scene = await Scene.start(await listOf([mallory]));
  const both = async (): Promise<readonly string[]> => [await scene.outcome(alice), await scene.outcome(mallory)];
  const revoked = "The client's certificate was revoked. (CERT_REVOKED)";
  assert.deepEqual(await both(), ["served", revoked]);
  await scene.change(await listOf([alice]));
  assert.deepEqual(await both(), [revoked, "served"]);
  await scene.change(await listOf([mallory], now - HOUR_MS));
  for (const outcome of await both()) assert.match(outcome, /has run out/);
  await scene.change(await listOf([mallory], now + HOUR_MS, stranger));
  for (const outcome of await both()) assert.match(outcome, /has no list in ottla\.ssl\.crl\.location/);
  await scene.change((await listOf([mallory])) + (await listOf([], now + HOUR_MS, stranger)));
  assert.deepEqual(await both(), ["served", revoked]);
  // What is no list leaves the old one.
  await scene.change(authority.certificate);
  assert.deepEqual(await both(), ["served", revoked]);
});

test("a certificate that has expired or comes from another authority is refused, each with its reason", async () => {
  const scene = await Scene.start();
  const expired = await issue("CN=old", { notAfter: new Date(now - HOUR_MS) });
  assert.match(await scene.outcome(expired), /client's certificate has expired/);
  assert.match(await scene.outcome(await issue("CN=foreign", {}, stranger)), /not issued by anyone in the trust store/);
  assert.equal(await scene.outcome(alice), "served");
});

test("a file without a list is refused at the start", async () => {
  await assert.rejects(Scene.start("nothing"), { code: "TLS_STORE", message: /crl\.pem holds no "X509 CRL"/ });
});
