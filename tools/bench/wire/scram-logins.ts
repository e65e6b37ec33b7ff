/**
 * Logs in by SCRAM-SHA-256 again and again, over connections of their own, and prints the rate as JSON: `node scram-logins.ts TASK`. The salted password is worked out once, so that
 * what is measured is the broker.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { FrameSplitter } from "./frame-splitter.ts";

/** What the process is told, as JSON in its first argument. */
export interface ScramLoginsTask {
  readonly port: number;
  /** Present where the listener is an encrypted one. */
  readonly caFile?: string;
  readonly user: string;
  readonly password: string;
  /** Whether the logins are to succeed. */
  readonly isRight: boolean;
  readonly connections: number;
  readonly seconds: number;
  /** At most so many begin in a second; absent: as many as go. */
  readonly perSecond?: number;
}

/** What it prints. */
export interface ScramLoginsResult {
  readonly loginsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const HASH = "sha256";
const salted = new Map<string, Buffer>();

function saltedPassword(password: string, salt: string, iterations: number): Buffer {
  const key = `${password} ${salt} ${iterations}`;
  const known = salted.get(key) ?? pbkdf2Sync(password, Buffer.from(salt, "base64"), iterations, 32, HASH);
  salted.set(key, known);
  return known;
}

function opened({ port, caFile }: ScramLoginsTask, ca: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = caFile ? connectTls({ host: "127.0.0.1", port, ca }) : connectPlain({ host: "127.0.0.1", port, noDelay: true });
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.once(caFile ? "secureConnect" : "connect", () => resolve(socket));
  });
}

async function logIn(task: ScramLoginsTask, ca: string): Promise<void> {
  const socket = await opened(task, ca);
  try {
    const splitter = new FrameSplitter();
    let take = (_frame: Buffer): void => {};
    let lose = (_error: Error): void => {};
    socket.on("data", (chunk: Buffer) => splitter.push(chunk, (frame) => take(frame)));
    socket.on("close", () => lose(new Error("The broker closed a connection in its login.")));
    const ask = <Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response> =>
      new Promise((resolve, reject) => {
        take = (frame) => resolve(decodeResponse(api, version, frame.subarray(4)));
        lose = reject;
        socket.write(Buffer.concat(encodeRequest(api, version, 1, "logins", request)));
      });
    await ask(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
    const bare = `n=${task.user},r=${randomBytes(18).toString("base64")}`;
    const first = await ask(saslAuthenticateApi, 2, makeSaslAuthenticateRequest({ authBytes: Buffer.from(`n,,${bare}`) }));
    const serverFirst = first.authBytes.toString();
    const [, nonce, salt = "", iterations] = /^r=(.+),s=(.+),i=(\d+)$/.exec(serverFirst) ?? [];
    const secret = saltedPassword(task.password, salt, Number(iterations));
    const clientKey = createHmac(HASH, secret).update("Client Key").digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${bare},${serverFirst},${withoutProof}`;
    const signature = createHmac(HASH, createHash(HASH).update(clientKey).digest()).update(message).digest();
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!));
    if (!task.isRight) proof[0]! ^= 1;
    const last = await ask(
      saslAuthenticateApi,
      2,
      makeSaslAuthenticateRequest({ authBytes: Buffer.from(`${withoutProof},p=${proof.toString("base64")}`) }),
    );
    if ((last.errorCode === 0) !== task.isRight)
      throw new Error(`A login was answered with error ${last.errorCode}: ${last.errorMessage}.`);
  } finally {
    socket.destroy();
  }
}

const task = JSON.parse(process.argv[2] ?? "{}") as ScramLoginsTask;
const ca = task.caFile === undefined ? "" : readFileSync(task.caFile, "utf8");
await logIn(task, ca);
const latencies: number[] = [];
const startedAt = performance.now();
const endsAt = startedAt + task.seconds * 1000;
let begun = 0;
await Promise.all(
  Array.from({ length: task.connections }, async () => {
    while (performance.now() < endsAt) {
      const dueAt = task.perSecond === undefined ? 0 : startedAt + (begun++ / task.perSecond) * 1000;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const at = performance.now();
      await logIn(task, ca);
      latencies.push(performance.now() - at);
    }
  }),
);
const seconds = (performance.now() - startedAt) / 1000;
latencies.sort((a, b) => a - b);
const result: ScramLoginsResult = {
  loginsPerSecond: latencies.length / seconds,
  p50Ms: latencies[latencies.length >> 1] ?? 0,
  p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
