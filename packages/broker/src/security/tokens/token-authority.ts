import { createHmac, randomBytes } from "node:crypto";
import { type Clock, invariant } from "@ottla/base";
import type { DelegationToken, DelegationTokens } from "../../metadata/delegation-tokens.ts";
import type { MetadataRecord } from "../../metadata/metadata-records.ts";
import type { ScramCredential, ScramMechanism, ScramMechanismName } from "../../metadata/scram-credentials.ts";
import { hashPassword, SCRAM_ITERATIONS_MIN, saltFor } from "../authentication/scram-secrets.ts";
import { isExpired } from "./token-rules.ts";

interface Known {
  readonly hmac: Buffer;
  /** Made at the first login by each mechanism. */
  readonly credentials: Map<ScramMechanismName, Promise<ScramCredential>>;
}

/**
 * The secrets of delegation tokens: a token's is the HMAC-SHA-512 of its id under `delegation.token.secret.key`, as in Kafka, so that nothing secret is in the journal
 * and another key makes all tokens worthless. Follows metadata.
 */
export class TokenAuthority {
  readonly #clock: Clock;
  readonly #tokens: DelegationTokens;
  /** Undefined: nobody may have tokens. */
  readonly #key: string | undefined;
  readonly #known = new Map<string, Known>();
  readonly #idByHmac = new Map<string, string>();
  /** For salts; this process's own. */
  readonly #saltSecret = randomBytes(32);

  constructor(clock: Clock, tokens: DelegationTokens, key: string | null) {
    this.#clock = clock;
    this.#tokens = tokens;
    this.#key = key === null || key === "" ? undefined : key;
    for (const { tokenId } of tokens.values()) this.#learn(tokenId);
  }

  /** Whether there is a key to make tokens with. */
  get isEnabled(): boolean {
    return this.#key !== undefined;
  }

  follow(record: MetadataRecord): void {
    if (record.kind === "delegation-token") this.#learn(record.tokenId);
    else if (record.kind === "delegation-token-removed") this.#forget(record.tokenId);
  }

  /** The secret of a token that is there. */
  hmacOf(tokenId: string): Buffer {
    const known = this.#known.get(tokenId);
    invariant(known, `There is no delegation token ${tokenId}.`);
    return known.hmac;
  }

  byHmac(hmac: Buffer): DelegationToken | undefined {
    const tokenId = this.#idByHmac.get(hmac.toString("base64"));
    return tokenId === undefined ? undefined : this.#tokens.of(tokenId);
  }

  /** A token that can be logged in with now. */
  usable(tokenId: string): DelegationToken | undefined {
    const token = this.isEnabled ? this.#tokens.of(tokenId) : undefined;
    return token === undefined || isExpired(token, this.#clock.nowMs()) ? undefined : token;
  }

  /** The salt of a token's credential; of an id that no token has it looks the same. */
  saltOf(mechanism: ScramMechanism, tokenId: string): string {
    return saltFor(mechanism, this.#saltSecret, tokenId);
  }

  /** What a token's secret, in base64, is as a SCRAM password; undefined where there is no such token. It is hashed once, not on the loop. */
  async credentialOf(mechanism: ScramMechanism, tokenId: string): Promise<ScramCredential | undefined> {
    const known = this.#known.get(tokenId);
    if (known === undefined) return undefined;
    let credential = known.credentials.get(mechanism.name);
    if (credential === undefined) {
      const salt = Buffer.from(this.saltOf(mechanism, tokenId), "base64");
      credential = hashPassword(mechanism, known.hmac.toString("base64"), salt, SCRAM_ITERATIONS_MIN);
      known.credentials.set(mechanism.name, credential);
    }
    return credential;
  }

  #learn(tokenId: string): void {
    if (this.#key === undefined || this.#known.has(tokenId)) return;
    const hmac = createHmac("sha512", this.#key).update(tokenId).digest();
    this.#known.set(tokenId, { hmac, credentials: new Map() });
    this.#idByHmac.set(hmac.toString("base64"), tokenId);
  }

  #forget(tokenId: string): void {
    const known = this.#known.get(tokenId);
    if (known === undefined) return;
    this.#known.delete(tokenId);
    this.#idByHmac.delete(known.hmac.toString("base64"));
  }
}
