import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { type Api, decodeResponse, encodeRequest, ErrorCode } from "@ottla/protocol";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { ReceivedBytes } from "../../testing/received-bytes.ts";
import type { TestBroker } from "../../testing/test-broker.ts";

interface ScramChange {
  readonly nonce?: string;
  /** With a comma in front of each. */
  readonly extensions?: string;
  readonly last?: (final: string) => string;
}

const HASH = "sha256";
const salted = new Map<string, Buffer>();
const same = (text: string): string => text;

/** The client's last message of a SCRAM-SHA-256 login. */
export function scramFinal(bare: string, serverFirst: string, password: string): string {
  const [, nonce, salt = "", iterations] = /^r=(.+),s=(.+),i=(\d+)$/.exec(serverFirst) ?? [];
  const key = `${password} ${salt} ${iterations}`;
  const secret = salted.get(key) ?? pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(iterations), 32, HASH);
  salted.set(key, secret);
  const clientKey = createHmac(HASH, secret).update("Client Key").digest();
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = createHmac(HASH, createHash(HASH).update(clientKey).digest()).update(`${bare},${serverFirst},${withoutProof}`).digest();
  return `${withoutProof},p=${Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString("base64")}`;
}

/** A client over TLS or without, that sends requests one by one. */
export class SecureClient implements Disposable {
  readonly #socket: Socket;
  readonly #bytes = new ReceivedBytes();
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => (this.#bytes.add(chunk), this.#wake()));
    socket.on("error", () => {});
    socket.on("close", () => ((this.#isClosed = true), this.#wake()));
  }

  static open(broker: TestBroker, tls?: ConnectionOptions): Promise<SecureClient> {
    const [host, port] = broker.running.bootstrap.split(":");
    return new Promise((resolve, reject) => {
      const socket = tls ? connectTls({ host: host!, port: Number(port), ...tls }) : connectPlain({ host: host!, port: Number(port) });
      socket.once("error", reject);
      socket.once(tls ? "secureConnect" : "connect", () => resolve(new SecureClient(socket)));
    });
  }

  async send<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response | "closed"> {
    for (const part of encodeRequest(api, version, 1, "test", request)) this.#socket.write(part);
    const frame = await this.frame();
    return frame === "closed" ? frame : decodeResponse(api, version, frame);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  async frame(): Promise<Buffer | "closed"> {
    for (;;) {
      const frame = this.#bytes.takeFrame();
      if (frame !== undefined) return frame;
      if (this.#isClosed) return "closed";
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async logIn(mechanism: string, ...tokens: readonly string[]) {
    const shaken = await this.send(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism }));
    if (shaken === "closed" || shaken.errorCode !== ErrorCode.NONE) return shaken;
    let last: Awaited<ReturnType<typeof this.token>> = "closed";
    for (const token of tokens) last = await this.token(token);
    return last;
  }

  token(token: string) {
    return this.send(saslAuthenticateApi, 2, makeSaslAuthenticateRequest({ authBytes: Buffer.from(token) }));
  }

  metadata() {
    return this.send(metadataApi, 12, makeMetadataRequest({ topics: [] }));
  }

  /** Logs in by SCRAM-SHA-256; `first` and `last` may change what is sent. Resolves to the last answer. */
  async scram(user: string, password: string, change: ScramChange = {}) {
    const shaken = await this.send(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
    if (shaken === "closed" || shaken.errorCode !== ErrorCode.NONE) return shaken;
    const bare = `n=${user},r=${change.nonce ?? "client-nonce"}${change.extensions ?? ""}`;
    const first = await this.token(`n,,${bare}`);
    if (first === "closed" || first.errorCode !== ErrorCode.NONE) return first;
    return this.token((change.last ?? same)(scramFinal(bare, first.authBytes.toString(), password)));
  }

  /** Ends the sending side, or breaks the connection off. */
  leave(how: "end" | "reset"): void {
    if (how === "end") this.#socket.end();
    else this.#socket.resetAndDestroy();
  }

  /** Whether the broker has closed the connection. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
