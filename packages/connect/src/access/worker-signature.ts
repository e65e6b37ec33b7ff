import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** What workers of a group sign with what they pass on to each other: it stands in their config topic (KIP-507). */
export interface SessionKey {
  readonly key: Buffer;
  readonly createdMs: number;
}

/** Who asked for what a worker passes on. */
export interface Asker {
  readonly name: string | undefined;
  /** Where they came from. */
  readonly host: string;
}

/** A request between workers. */
interface PassedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The worker that is asked: `host:port`. */
  readonly workerId: string;
}

/** Apache's names (KIP-507), and who asked. */
export const SIGNATURE_HEADER = "x-connect-authorization";
const ALGORITHM_HEADER = "x-connect-request-signature-algorithm";
const ASKER_HEADER = "x-ottla-asker";

export const SIGNATURE_ALGORITHM = "HmacSHA256";
export const SESSION_KEY_BYTES = 32;
/** Clocks of workers are no further apart, and no request takes longer. */
const VALID_MS = 120_000;

/** So many requests of workers are known again within {@link VALID_MS}. */
const SEEN_MAX = 10_000;

/** Signatures that were let in: who overhears one cannot say the same once more. */
export class SeenSignatures {
  readonly #until = new Map<string, number>();

  /** False: it was seen before. */
  take(headers: Pick<Headers, "get">, nowMs: number): boolean {
    for (const [seen, untilMs] of this.#until) {
      if (untilMs > nowMs && this.#until.size < SEEN_MAX) break;
      this.#until.delete(seen);
    }
    // What is signed, and not how the signature is written.
    const said = headers.get(ASKER_HEADER) ?? "";
    if (this.#until.has(said)) return false;
    // A clock that is ahead signs what is valid for as long again.
    this.#until.set(said, nowMs + 2 * VALID_MS);
    return true;
  }
}

/** The headers by which another worker knows that one of its group passes on what somebody may do. */
export function signedHeaders(request: PassedRequest, asker: Asker, { key, createdMs }: SessionKey, nowMs: number): Record<string, string> {
  const said = Buffer.from(JSON.stringify({ ...asker, atMs: nowMs, keyMs: createdMs, id: randomUUID() })).toString("base64url");
  return {
    [SIGNATURE_HEADER]: signature(request, said, key).toString("base64"),
    [ALGORITHM_HEADER]: SIGNATURE_ALGORITHM,
    [ASKER_HEADER]: said,
  };
}

/** Who asked, where a worker of the group says so; `unknown-key`: it may have been made just now; undefined: nobody who knows the key has signed it, or long ago. */
export function askerOf(
  request: PassedRequest,
  headers: Pick<Headers, "get">,
  keys: readonly SessionKey[],
  nowMs: number,
): Asker | "unknown-key" | undefined {
  const said = headers.get(ASKER_HEADER) ?? "";
  const given = Buffer.from(headers.get(SIGNATURE_HEADER) ?? "", "base64");
  const isSigned = keys.some(({ key }) => {
    const right = signature(request, said, key);
    return given.length === right.length && timingSafeEqual(given, right);
  });
  const asker = saidIn(said);
  if (asker === undefined || Math.abs(nowMs - asker.atMs) > VALID_MS) return undefined;
  if (!isSigned) return keys.every(({ createdMs }) => createdMs < asker.keyMs) ? "unknown-key" : undefined;
  return { name: asker.name, host: asker.host };
}

function signature({ method, path, workerId }: PassedRequest, said: string, key: Buffer): Buffer {
  return createHmac("sha256", key)
    .update(JSON.stringify([method, path, workerId, said]))
    .digest();
}

function saidIn(said: string): (Asker & { readonly atMs: number; readonly keyMs: number }) | undefined {
  try {
    const { name, host, atMs, keyMs } = JSON.parse(Buffer.from(said.slice(0, 4_096), "base64url").toString()) as Record<string, unknown>;
    if (typeof host !== "string" || typeof atMs !== "number" || typeof keyMs !== "number") return undefined;
    return { name: typeof name === "string" ? name : undefined, host, atMs, keyMs };
  } catch {
    return undefined;
  }
}
