import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket, type TcpSocketConnectOpts } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { findFreePorts } from "@ottla/conformance/process/free-port";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { encodeRequest } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { clientHello } from "../../../../packages/broker/src/security/testing/client-hello.ts";
import { formatNumber } from "../../measure/statistics.ts";
import { type StrangerBroker, startStrangerBroker } from "../../wire/processes.ts";
import { type BenchOptions, names } from "../part.ts";
import type { StrangerCost } from "./stranger-broker.ts";

const KIB = 1024;
const RECORD_HEAD_BYTES = 5;
const LIMIT_KIB = 64;
/** As large as a frame may be before a login. */
const FRAME_KIB = 48;
const DAY_MS = 86_400_000;
/** At once, so that they are all there within the ten seconds that a handshake has. */
const OPENING = 200;
const SETTLE_MS = 300;
/** Who comes and goes before strangers are counted. */
const FIRST = 20;
/** Clients that come beside a crowd. */
const CLIENTS = 9;
/** The last bytes of a frame, which never come. */
const MISSING_BYTES = 16;

/** The longest ClientHello that is taken. */
const HELLO_BYTES = 6 * KIB;
/** As many as have all their places in OpenSSL's hands. */
const PLACES = 256;
const DOOR_PLACES = 64;
/** As many as have all their places where certificates are asked for. */
const CERTIFICATE_HANDSHAKES = 85;
/** The places that such a handshake takes, each of as much as a stranger may cost. */
const PLACES_EACH = 3;

/** How strangers come. */
interface Knock {
  readonly what: string;
  readonly to: "plain" | "encrypted" | "certified" | "https";
  readonly count: number;
  /** What each sends. */
  readonly says: Uint8Array;
  /** As many as it is counted for; 1. */
  readonly places?: number;
  /** A handshake is done before. */
  readonly shakes?: boolean;
  /** A handshake is begun with a certificate of so many KiB, of which so many are sent. */
  readonly shows?: { readonly kib: number; readonly sentKib: number };
}

/** What thousands who connect and do not log in cost the broker, each: of the process's memory and of its timers. */
export async function measureStrangers(options: BenchOptions): Promise<string> {
  if (!names(options, "strangers")) return "";
  const folder = makeTemporaryFolder("strangers");
  try {
    const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) };
    const authority = await createAuthority({ subject: "CN=bench CA", ...validity });
    const own = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
    writeFileSync(`${folder}/broker.pem`, own.privateKey + own.certificate);
    writeFileSync(`${folder}/ca.pem`, authority.certificate);
    const rows: string[] = [];
    for (const knock of await knocks(options.quick ? 0.1 : 1)) rows.push(await cost(knock, folder));
    const table = `Strangers who do not go on, all there at once, at a broker of their own each time; what each costs the process, in KiB (garbage was collected). Of "x of y" the broker had let the others go, for others waited for their room:\n\n| what they send | how many | memory | of it JavaScript's objects | of it buffers | timers | goal |\n| --- | --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
    return `${table}\n\n${await besideCrowd(options.quick ? 500 : 5000, folder)}`;
  } finally {
    removeTemporaryFolder(folder);
  }
}

async function knocks(share: number): Promise<readonly Knock[]> {
  const most = 10_000 * share;
  const some = 2000 * share;
  const hello = await clientHello();
  const handshake = encodeRequest(saslHandshakeApi, 1, 1, "x", makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
  const first = encodeRequest(
    saslAuthenticateApi,
    2,
    2,
    "x",
    makeSaslAuthenticateRequest({ authBytes: Buffer.from("n,,n=alice,r=nonce") }),
  );
  const begun = Buffer.concat([...handshake, ...first]);
  return [
    { what: "nothing", to: "plain", count: most, says: Buffer.alloc(0) },
    { what: "a login in its middle", to: "plain", count: most, says: begun },
    { what: `a frame of ${FRAME_KIB} KiB without its end`, to: "plain", count: some, says: halfFrame() },
    { what: "nothing, to a listener with TLS", to: "encrypted", count: most, says: Buffer.alloc(0) },
    { what: "half a ClientHello", to: "encrypted", count: most, says: hello.subarray(0, hello.length / 2) },
    { what: "a ClientHello", to: "encrypted", count: some, says: hello },
    { what: "a ClientHello of 6 KiB without its end", to: "encrypted", count: some, says: largestHello() },
    { what: "a ClientHello, and all have their places", to: "encrypted", count: PLACES, says: hello },
    { what: "a ClientHello of 6 KiB, and all have their places", to: "encrypted", count: PLACES, says: paddedHello(hello) },
    { what: "nothing behind a handshake", to: "encrypted", count: some, says: Buffer.alloc(0), shakes: true },
    { what: "a login in its middle behind a handshake", to: "encrypted", count: some, says: begun, shakes: true },
    { what: "a ClientHello, to a door of HTTPS", to: "https", count: some, says: hello },
    {
      what: "a ClientHello of 6 KiB, to a door of HTTPS, and all have their places",
      to: "https",
      count: DOOR_PLACES,
      says: paddedHello(hello),
    },
    { what: "nothing behind a handshake, to a door of HTTPS", to: "https", count: some, says: Buffer.alloc(0), shakes: true },
    ...[
      { kib: 6, sentKib: 5 },
      { kib: 95, sentKib: 1 },
      { kib: 95, sentKib: 30 },
      { kib: 95, sentKib: 94 },
    ].map((shows) => ({
      what: `${shows.sentKib} KiB of a certificate of ${shows.kib}, where one is asked for, and all have their places`,
      to: "certified" as const,
      count: CERTIFICATE_HANDSHAKES,
      places: PLACES_EACH,
      says: Buffer.alloc(0),
      shows,
    })),
    {
      what: "a head of 7 KiB without its end behind a handshake, to a door of HTTPS",
      to: "https",
      count: some,
      says: halfHead(),
      shakes: true,
    },
  ];
}

async function cost({ what, to, count, says, shakes, shows, places = 1 }: Knock, folder: string): Promise<string> {
  const [plain = 0, encrypted = 0, certified = 0, https = 0] = await findFreePorts(4);
  const broker: StrangerBroker = await startStrangerBroker([
    plain,
    encrypted,
    certified,
    https,
    `${folder}/broker.pem`,
    `${folder}/ca.pem`,
  ]);
  const port = { plain, encrypted, certified, https }[to];
  const sockets: Socket[] = [];
  try {
    await greet(port, to !== "plain");
    const before = await broker.look();
    for (let i = 0; i < count; i += OPENING) {
      const opening = Array.from({ length: Math.min(OPENING, count - i) }, () =>
        shows === undefined ? opened(port, shakes === true) : showing(port, folder, shows),
      );
      sockets.push(...(await Promise.all(opening)));
      for (const socket of sockets.slice(i)) if (says.length > 0) socket.write(says);
    }
    const after = await whenAllCame(broker, before.sockets + count);
    const there = after.sockets - before.sockets;
    const each = (from: number, to: number): number => (to - from) / there / KIB;
    const residentKib = each(before.residentBytes, after.residentBytes);
    const timers = (after.timers - before.timers) / there;
    process.stderr.write(`  ${what}: ${there} of ${count} there, ${formatNumber(residentKib)} KiB each, ${timers} timers\n`);
    const cells = [
      what,
      there === count ? many(count) : `${many(there)} of ${many(count)}`,
      formatNumber(residentKib),
      formatNumber(each(before.heapBytes, after.heapBytes)),
      formatNumber(each(before.bufferBytes, after.bufferBytes)),
      formatNumber(timers),
      `≤ ${LIMIT_KIB}${places === 1 ? "" : ` a place, of which it has ${places},`} and one timer: ${residentKib <= LIMIT_KIB * places && timers <= 1.01 ? "met" : "**missed**"}`,
    ];
    return `| ${cells.join(" | ")} |`;
  } finally {
    for (const socket of sockets) socket.destroy();
    await broker.stop();
  }
}

/** How long a client waits for its handshake, and for an answer behind it, that comes when so many strangers have sent a ClientHello and stand still. */
async function besideCrowd(count: number, folder: string): Promise<string> {
  const ports = await findFreePorts(4);
  const broker = await startStrangerBroker([...ports, `${folder}/broker.pem`, `${folder}/ca.pem`]);
  const sockets: Socket[] = [];
  const hello = await clientHello();
  const rows: string[] = [];
  try {
    const before = await broker.look();
    for (const [from, localAddress] of [
      ["another address", "127.0.0.2"],
      ["the same address", "127.0.0.1"],
    ] as const) {
      for (const socket of sockets.splice(0)) socket.destroy();
      while ((await broker.look()).sockets > before.sockets) await sleep(SETTLE_MS);
      for (let i = 0; i < count; i += OPENING) {
        sockets.push(...(await Promise.all(Array.from({ length: OPENING }, () => opened(ports[1]!, false)))));
        for (const socket of sockets.slice(i)) socket.write(hello);
      }
      const waits: number[] = [];
      for (let i = 0; i < CLIENTS; i++) waits.push(await answeredMs(ports[1]!, localAddress));
      waits.sort((a, b) => a - b);
      process.stderr.write(`  beside ${count} strangers, from ${from}: ${waits.map((ms) => Math.round(ms)).join(", ")} ms\n`);
      rows.push(`| ${from} | ${formatNumber(waits[CLIENTS >> 1]!)} | ${formatNumber(waits.at(-1)!)} |`);
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    await broker.stop();
  }
  return `${many(count)} strangers from one address have sent a ClientHello, and stand still. Clients that come then, one after the other: from connecting to the answer to SaslHandshake behind TLS, ms, of ${CLIENTS}:\n\n| from | median | longest |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

async function answeredMs(port: number, localAddress: string): Promise<number> {
  const began = performance.now();
  // TLS hands on what it knows nothing of.
  const options: ConnectionOptions & Pick<TcpSocketConnectOpts, "localAddress"> = {
    host: "127.0.0.1",
    port,
    localAddress,
    rejectUnauthorized: false,
  };
  const socket = connectTls(options);
  try {
    await new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("The broker closed the connection of a client.")));
      socket.once("secureConnect", () =>
        socket.write(Buffer.concat(encodeRequest(saslHandshakeApi, 1, 1, "x", makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" })))),
      );
      socket.once("data", resolve);
    });
    return performance.now() - began;
  } finally {
    socket.removeAllListeners("close").destroy();
  }
}

/** What is loaded and made once is there before anybody is counted. */
async function greet(port: number, shakes: boolean): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: FIRST }, () => opened(port, shakes)));
  const gone = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  for (const socket of sockets) socket.destroy();
  await Promise.all(gone);
  await sleep(SETTLE_MS);
}

/** What the broker has when it has taken in all of them, or as many as come. */
async function whenAllCame(broker: StrangerBroker, sockets: number): Promise<StrangerCost> {
  let before = await broker.look();
  for (;;) {
    await sleep(SETTLE_MS);
    const now = await broker.look();
    if (now.sockets >= sockets || now.sockets <= before.sockets) return now;
    before = now;
  }
}

function opened(port: number, shakes: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = { host: "127.0.0.1", port };
    const socket: Socket = shakes ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    socket.once("error", reject);
    socket.once(shakes ? "secureConnect" : "connect", () => {
      socket.off("error", reject).on("error", () => {});
      resolve(socket);
    });
  });
}

/** Says no more of its handshake than so much of its certificate. */
async function showing(port: number, folder: string, { kib, sentKib }: NonNullable<Knock["shows"]>): Promise<Socket> {
  const raw = await opened(port, false);
  const pem = readFileSync(`${folder}/broker.pem`, "latin1");
  const authority = readFileSync(`${folder}/ca.pem`, "latin1");
  const derBytes = new X509Certificate(authority).raw.length;
  const cert = pem.slice(pem.indexOf("-----BEGIN CERTIFICATE")) + authority.repeat(Math.floor((kib * KIB) / derBytes));
  let leftBytes: number | undefined;
  return new Promise((resolve) => {
    const transport = new Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        // The first is its hello.
        const part = chunk.subarray(0, leftBytes);
        leftBytes = leftBytes === undefined ? sentKib * KIB : leftBytes - part.length;
        if (part.length > 0) raw.write(part);
        if (leftBytes === 0) resolve(raw);
        done();
      },
    });
    raw.on("data", (chunk: Buffer) => transport.push(chunk));
    connectTls({ socket: transport, rejectUnauthorized: false, cert, key: pem }).on("error", () => {});
  });
}

function many(count: number): string {
  return count.toLocaleString("en");
}

function halfFrame(): Buffer {
  const half = Buffer.alloc(FRAME_KIB * KIB - MISSING_BYTES, "x");
  half.writeInt32BE(FRAME_KIB * KIB - 4, 0);
  half.writeInt32BE(0x0024_0002, 4);
  return half;
}

/** As much of a request's head as is waited for, nearly. */
function halfHead(): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(7 * KIB)}`, "latin1");
}

/** As long as it may be, in two records, the second of which is cut. */
function largestHello(): Buffer {
  const message = Buffer.alloc(HELLO_BYTES, 1);
  message.writeUInt32BE(0x0100_0000 + message.length - 4, 0);
  const head = Buffer.from([0x16, 3, 1, message.length >> 9, 0]);
  const half = message.length / 2;
  return Buffer.concat([head, message.subarray(0, half), head, message.subarray(half, -MISSING_BYTES)]);
}

/** The same client's, with as much padding as there is room for (RFC 7685). */
function paddedHello(hello: Buffer): Buffer {
  const message = hello.subarray(RECORD_HEAD_BYTES);
  const extensionsAt = extensionsOf(message);
  const padding = Buffer.alloc(HELLO_BYTES - message.length);
  padding.writeUInt16BE(21, 0);
  padding.writeUInt16BE(padding.length - 4, 2);
  const padded = Buffer.concat([message, padding]);
  padded.writeUIntBE(padded.length - 4, 1, 3);
  padded.writeUInt16BE(padded.length - extensionsAt - 2, extensionsAt);
  return Buffer.concat([Buffer.from([0x16, 3, 1, padded.length >> 8, padded.length & 0xff]), padded]);
}

/** Where the length of a ClientHello's extensions stands: behind its version, its random, its session, its cipher suites and its compressions. */
function extensionsOf(message: Buffer): number {
  let at = 4 + 2 + 32;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  return at + 1 + message.readUInt8(at);
}
