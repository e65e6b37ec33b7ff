import { createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ClientError } from "../../client-error.ts";
import type { SaslExchange, SaslLogin } from "./sasl-exchange.ts";

export type ScramMechanism = "SCRAM-SHA-256" | "SCRAM-SHA-512";

/** Below it a stolen exchange is guessed too soon; Kafka's own bound. */
const ITERATIONS_MIN = 4096;
/** Above it a broker that is none keeps this machine busy for nothing. */
const ITERATIONS_MAX = 1_000_000;
const NONCE_BYTES = 24;
const MESSAGE_CHARS_MAX = 8192;

const hashes = {
  "SCRAM-SHA-256": { name: "sha256", byteLength: 32 },
  "SCRAM-SHA-512": { name: "sha512", byteLength: 64 },
} as const;
const deriveKey = promisify(pbkdf2);

/** What SCRAM makes of a password (`Hi` of RFC 5802), off the event loop. */
export function saltPassword(mechanism: ScramMechanism, password: string, salt: Uint8Array, iterations: number): Promise<Buffer> {
  const { name, byteLength } = hashes[mechanism];
  return deriveKey(password, salt, iterations, byteLength, name);
}

export interface ScramCredentials {
  readonly username: string;
  readonly password: string;
  /** Name and password are a delegation token's id and secret. */
  readonly isToken?: boolean;
}

/** The random bytes that a nonce is made of. */
type RandomBytes = (byteLength: number) => Buffer;

/** The salted password of the last exchange: all connections to one cluster need the same, and each costs thousands of hashes. */
interface SaltedPassword {
  readonly salt: string;
  readonly iterations: number;
  readonly key: Promise<Buffer>;
}

/** RFC 5802 and 7677 without channel binding, as Kafka has it (KIP-84). The broker proves that it knows the password, too. */
export class ScramLogin implements SaslLogin {
  readonly mechanism: ScramMechanism;
  readonly who: string;
  readonly #credentials: ScramCredentials;
  readonly #random: RandomBytes;
  #salted: SaltedPassword | undefined;

  constructor(mechanism: ScramMechanism, credentials: ScramCredentials, random: RandomBytes) {
    this.mechanism = mechanism;
    this.who = `${credentials.isToken === true ? "the delegation token " : ""}"${credentials.username}"`;
    this.#credentials = credentials;
    this.#random = random;
  }

  begin(): Promise<SaslExchange> {
    const nonce = this.#random(NONCE_BYTES).toString("base64");
    const { username, isToken } = this.#credentials;
    return Promise.resolve(
      new ScramExchange(this.mechanism, username, isToken === true, nonce, (salt, iterations) => this.#saltedPassword(salt, iterations)),
    );
  }

  refused(): void {
    this.#salted = undefined;
  }

  #saltedPassword(salt: string, iterations: number): Promise<Buffer> {
    const kept = this.#salted;
    if (kept?.salt === salt && kept.iterations === iterations) return kept.key;
    const key = saltPassword(this.mechanism, this.#credentials.password, Buffer.from(salt, "base64"), iterations);
    this.#salted = { salt, iterations, key };
    return key;
  }
}

class ScramExchange implements SaslExchange {
  readonly #mechanism: ScramMechanism;
  readonly #nonce: string;
  readonly #firstBare: string;
  readonly #saltedPassword: (salt: string, iterations: number) => Promise<Buffer>;
  #expectedSignature: Buffer | undefined;
  #isProven = false;

  constructor(
    mechanism: ScramMechanism,
    username: string,
    isToken: boolean,
    nonce: string,
    saltedPassword: (salt: string, iterations: number) => Promise<Buffer>,
  ) {
    this.#mechanism = mechanism;
    this.#nonce = nonce;
    this.#firstBare = `n=${username.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}${isToken ? ",tokenauth=true" : ""}`;
    this.#saltedPassword = saltedPassword;
  }

  first(): Buffer {
    return Buffer.from(`n,,${this.#firstBare}`);
  }

  async answer(challenge: Buffer): Promise<Buffer | undefined> {
    const text = challenge.toString("utf8");
    if (text.length > MESSAGE_CHARS_MAX) throw this.#fault("sent a message that is too long");
    if (this.#expectedSignature === undefined) return this.#prove(text);
    if (this.#isProven) throw this.#fault("went on when all was said");
    this.#verify(text, this.#expectedSignature);
    this.#isProven = true;
    return undefined;
  }

  async #prove(serverFirst: string): Promise<Buffer> {
    const [, nonce = "", salt = "", count = ""] =
      /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=(\d{1,10})(?:,.*)?$/.exec(serverFirst) ?? [];
    if (nonce === "") throw this.#fault("sent a first message that is none");
    // One that only repeats our nonce could have been recorded earlier.
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      throw this.#fault("answered with a nonce that is not its own");
    const iterations = Number(count);
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX)
      throw this.#fault(`wants ${iterations} iterations; from ${ITERATIONS_MIN} to ${ITERATIONS_MAX} are done`);
    const salted = await this.#saltedPassword(salt, iterations);
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.#firstBare},${serverFirst},${withoutProof}`;
    const clientKey = this.#hmac(salted, "Client Key");
    const signature = this.#hmac(this.#hash(clientKey), message);
    const proof = clientKey.map((byte, at) => byte ^ signature[at]!);
    this.#expectedSignature = this.#hmac(this.#hmac(salted, "Server Key"), message);
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString("base64")}`);
  }

  #verify(serverFinal: string, expected: Buffer): void {
    if (serverFinal.startsWith("e=")) throw this.#fault("refused the password");
    const signature = Buffer.from(/^v=([A-Za-z0-9+/]+={0,2})(?:,.*)?$/.exec(serverFinal)?.[1] ?? "", "base64");
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
      throw this.#fault("could not prove that it knows the password; it may be somebody else than it says");
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(hashes[this.#mechanism].name, key).update(text).digest();
  }

  #hash(bytes: Buffer): Buffer {
    return createHash(hashes[this.#mechanism].name).update(bytes).digest();
  }

  #fault(what: string): ClientError {
    return new ClientError("AUTHENTICATION_FAILED", `${this.#mechanism}: the broker ${what}.`);
  }
}
