import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { nodeNet } from "./node-net.ts";
import { subjectOf } from "./distinguished-name.ts";
import { authority, server } from "./testing/tls-fixture.ts";

const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const bytes = content.length;
  const length = bytes < 0x80 ? [bytes] : bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const time = (date: string): Buffer => element(0x17, Buffer.from(date));

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const privateKey = String(keys.privateKey.export({ type: "pkcs8", format: "pem" }));
const ECDSA_WITH_SHA256 = sequence(hex("06082a8648ce3d040302"));
const COMMON_NAME = hex("0603550403");

/** A certificate that its owner has signed, of this subject. */
function certificateOf(subject: Buffer): Buffer {
  const signed = sequence(
    hex("020101"),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time("200101000000Z"), time("491231235959Z")),
    subject,
    keys.publicKey.export({ type: "spki", format: "der" }),
  );
  return sequence(signed, ECDSA_WITH_SHA256, element(0x03, hex("00"), sign("sha256", signed, keys.privateKey)));
}

const attribute = sequence(COMMON_NAME, element(0x0c, Buffer.from("odd")));
const length = Buffer.from([attribute.length]);
/** A name as it must be, and as OpenSSL takes it too. */
const DER = element(0x31, attribute);
const others: readonly (readonly [what: string, name: Buffer])[] = [
  ["more bytes for the length than a number has", Buffer.concat([hex("3187000000000000"), length, attribute])],
  ["zeros before the length", Buffer.concat([hex("318200"), length, attribute])],
  ["a byte more for the length than it needs", Buffer.concat([hex("3181"), length, attribute])],
  ["no length, but an end", Buffer.concat([hex("3180"), attribute, hex("0000")])],
];

const pem = (certificate: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;

test("values are told as Java tells them: texts with their signs escaped, all else as its bytes", () => {
  const subject = (...attributes: readonly string[]): string | undefined =>
    subjectOf(certificateOf(sequence(...attributes.map((each) => element(0x31, sequence(hex(each)))))));
  const cn = COMMON_NAME.toString("hex");
  const text = (tag: string, value: string): string =>
    `${cn}${tag}${value.length.toString(16).padStart(2, "0")}${Buffer.from(value).toString("hex")}`;
  assert.equal(subject(text("13", 'a,b=c+d"e')), 'CN=a\\,b\\=c\\+d\\"e');
  assert.equal(subject(text("0c", " #x ")), "CN=\\ #x\\ ");
  assert.equal(subject(text("0c", "#x")), "CN=\\#x");
  assert.equal(subject(`${cn}1e0400e400fc`), "CN=äü");
  assert.equal(subject(`${cn}0101ff`), "CN=#0101ff");
  assert.equal(subject(), "");
});

for (const [what, name] of others)
  test(`a certificate whose subject has ${what} is refused, and nothing else happens`, async () => {
    const certificate = certificateOf(sequence(name));
    assert.equal(subjectOf(certificateOf(sequence(DER))), "CN=odd");
    assert.equal(subjectOf(certificate), undefined);
    const tls = nodeNet.tlsServer({
      certificateChain: server.certificate,
      privateKey: server.privateKey,
      trustedCertificates: [pem(certificate)],
      clientAuth: "required",
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      cipherSuites: [],
    });
    const { promise: accepted, resolve } = Promise.withResolvers<Promise<unknown>>();
    const listener = await nodeNet.listen("127.0.0.1", 0, (socket) => {
      const shaken = socket.acceptTls(tls, { timeoutMs: 20_000 });
      shaken.catch(() => {});
      resolve(
        shaken.then(
          () => "taken",
          (error: { code: string; message: string }) => `${error.code} ${error.message}`,
        ) as never,
      );
    });
    const own = { cert: pem(certificate), key: privateKey };
    const socket = connectTls({ port: listener.port, host: "127.0.0.1", ca: authority, ...own });
    socket.on("error", () => {});
    const outcome = await accepted;
    socket.destroy();
    await listener.close();
    assert.match(String(outcome), /^TLS_CLIENT_CERTIFICATE The subject of the client's certificate is not written in DER/);
  });
