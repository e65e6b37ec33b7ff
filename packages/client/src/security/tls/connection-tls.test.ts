import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
  type LogFields,
  type NetSocket,
  openKeystore,
  OttlaError,
  silentLogger,
  type TlsClient,
  type TlsClientMaterial,
} from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import type { TlsOptions } from "../security-types.ts";
import { ConnectionTls } from "./connection-tls.ts";

/** See `open-keystore.test.ts` of the base for what is in them. */
const fixture = (name: string): Buffer => readFileSync(new URL(`../../../../base/test/keystores/${name}`, import.meta.url));
const { certificates, privateKey = "" } = await openKeystore(new Map(), "own", fixture("openssl-1.p12"), "secret");
const [own = "", authority = ""] = certificates;

/** A client whose files are in memory; its net tells what it was given. */
function sceneOf(options: TlsOptions, files: Map<string, string | Buffer>) {
  const given: TlsClientMaterial[] = [];
  const said: LogFields[] = [];
  const used: TlsClient[] = [];
  const net = { ...nodeNet, tlsClient: (material: TlsClientMaterial): TlsClient => (given.push(material), nodeNet.tlsClient(material)) };
  const readFile = async (path: string): Promise<Buffer> => {
    const content = files.get(path);
    if (content === undefined) throw Object.assign(new OttlaError("ENOENT", "none"), { code: "ENOENT" });
    return Buffer.from(content);
  };
  const logger = { ...silentLogger, warn: (_: string, fields: LogFields = {}) => void said.push(fields) };
  const tls = new ConnectionTls(options, { net, readFile, logger });
  // The other side of the handshake: only what the client would show matters here.
  const socket = {
    startTls: (client: TlsClient) => Promise.resolve((used.push(client), socket)),
    destroy: () => {},
  } as unknown as NetSocket;
  const connect = () => tls.over(socket, "host", 1000, new AbortController().signal);
  return { connect, given, said, used };
}

const subjects = (text: string | undefined) =>
  (text ?? "").split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem).subject);

describe("what a client shows and trusts", () => {
  test("comes from PKCS#12 stores, each with its password", async () => {
    const files = new Map([
      ["/k", fixture("openssl-1.p12")],
      ["/t", fixture("keytool-truststore.p12")],
    ]);
    const { connect, given } = sceneOf(
      { keystore: { file: "/k", password: "secret" }, truststore: { file: "/t", password: "secret" } },
      files,
    );
    await connect();
    await connect();
    assert.deepEqual(
      given.map(({ certificateChain, privateKey: key, trustedCertificates }) => [subjects(certificateChain), key, trustedCertificates]),
      [[["CN=server", "CN=Ottla Test CA"], privateKey, [authority]]],
    );
    files.set("/t", fixture("keytool-truststore.jks"));
    await assert.rejects(sceneOf({ truststore: { file: "/t" } }, files).connect(), { code: "TLS_FAILED", message: /\/t is a JKS store/ });
    await assert.rejects(sceneOf({ keystore: { file: "/k", password: "wrong-word" } }, files).connect(), {
      code: "TLS_FAILED",
      message: /\/k cannot be opened with its password/,
    });
  });

  test("is read again for each connection; what cannot be used leaves the former, and is said once", async () => {
    const files = new Map<string, string>([
      ["/cert", own],
      ["/key", privateKey],
      ["/ca", authority],
    ]);
    const { connect, given, said, used } = sceneOf({ certFile: "/cert", keyFile: "/key", caFile: "/ca" }, files);
    await connect();
    await connect();
    files.set("/ca", authority + own);
    await connect();
    assert.deepEqual([given.length, used[0] === used[1], used[1] === used[2]], [2, true, false]);
    // Half of a renewal: the certificate fits no key; a file cut short; one that is away for a moment.
    for (const change of [() => files.set("/cert", authority), () => files.set("/cert", own.slice(0, 100)), () => files.delete("/cert")]) {
      change();
      await connect();
      await connect();
      assert.equal(used.at(-1), used[2]);
    }
    assert.deepEqual(
      said.map(({ reason }) => /does not belong|cut off|\(ENOENT\)|mismatch/.exec(String(reason))?.[0]),
      ["does not belong", "cut off", "(ENOENT)"],
    );
    files.set("/cert", own + authority);
    await connect();
    assert.notEqual(used.at(-1), used[2]);
    await assert.rejects(sceneOf({ certFile: "/cert", keyFile: "/cert" }, files).connect(), /\/cert holds no private key/);
  });
});
