import { randomBytes } from "node:crypto";
import { invariant } from "@ottla/base";
import type { ScramCredential, ScramCredentials, ScramMechanism } from "../../metadata/scram-credentials.ts";
import { invalidCredentials, type SaslExchange, type SaslMechanism, type SaslStep } from "./sasl-mechanism.ts";
import { strangersWord } from "./strangers-word.ts";
import { readClientFinal, readClientFirst, type ScramClientFirst } from "./scram-messages.ts";
import { decoyOf } from "./scram-decoys.ts";
import { isProofRight, SCRAM_ITERATIONS_MIN, serverSignature } from "./scram-secrets.ts";

const NONCE_BYTES = 24;

/** What SCRAM needs beside the credentials; tests give their own chance. */
export interface ScramChance {
  nonce(): string;
}

/** The delegation tokens that may be logged in with: the id is the user's name, the secret in base64 the password (KIP-48). */
export interface TokenLogins {
  /** Undefined where there is none, or it has ended. */
  usable(tokenId: string): { readonly owner: { readonly name: string }; readonly expiresAtMs: number } | undefined;
  /** Whether there is such a token or not. */
  saltOf(mechanism: ScramMechanism, tokenId: string): string;
  credentialOf(mechanism: ScramMechanism, tokenId: string): Promise<ScramCredential | undefined>;
}

export const scramChance = (): ScramChance => ({ nonce: () => randomBytes(NONCE_BYTES).toString("base64") });

/**
 * SCRAM (RFC 5802, RFC 7677). A user who does not exist is led through the same messages as one with a wrong password, and fails at the same place. Nothing here is costly: the client
 * does the hashing.
 */
export function scramServer(
  mechanism: ScramMechanism,
  credentials: ScramCredentials,
  tokens: TokenLogins,
  chance: ScramChance,
): SaslMechanism {
  return { name: mechanism.name, begin: () => new ScramExchange(mechanism, credentials, tokens, chance) };
}

class ScramExchange implements SaslExchange {
  readonly #mechanism: ScramMechanism;
  readonly #credentials: ScramCredentials;
  readonly #tokens: TokenLogins;
  readonly #chance: ScramChance;
  #first: ScramClientFirst | undefined;
  #serverFirst = "";
  /** Our part of the nonce. */
  #serverNonce = "";
  /** Undefined: there is no such user. */
  #credential: ScramCredential | undefined;
  /** Checked against where there is nobody. */
  #decoy: ScramCredential | undefined;

  constructor(mechanism: ScramMechanism, credentials: ScramCredentials, tokens: TokenLogins, chance: ScramChance) {
    this.#mechanism = mechanism;
    this.#credentials = credentials;
    this.#tokens = tokens;
    this.#chance = chance;
  }

  next(message: Buffer): SaslStep | Promise<SaslStep> {
    if (this.#first === undefined) return this.#begin(message);
    return isTokenLogin(this.#first) ? this.#finishToken(message, this.#first) : this.#finish(message, this.#first);
  }

  #begin(message: Buffer): SaslStep {
    const first = readClientFirst(message);
    if (first === undefined) return this.#failed("the client's first message is malformed");
    if (first.authorizationId !== "" && first.authorizationId !== first.user) return this.#failed("it asks to act as somebody else");
    this.#first = first;
    this.#serverNonce = this.#chance.nonce();
    // Made for everybody, so that it takes as long.
    this.#decoy = decoyOf(this.#mechanism, this.#credentials, first.user);
    if (isTokenLogin(first)) {
      const salt = this.#tokens.saltOf(this.#mechanism, first.user);
      return this.#ask(first, { salt, iterations: SCRAM_ITERATIONS_MIN });
    }
    this.#credential = this.#credentials.of(first.user, this.#mechanism.name);
    return this.#ask(first, this.#credential ?? this.#decoy);
  }

  #ask(first: ScramClientFirst, { salt, iterations }: Pick<ScramCredential, "salt" | "iterations">): SaslStep {
    this.#serverFirst = `r=${first.nonce}${this.#serverNonce},s=${salt},i=${iterations}`;
    return { kind: "continue", bytes: Buffer.from(this.#serverFirst) };
  }

  async #finishToken(message: Buffer, first: ScramClientFirst): Promise<SaslStep> {
    if (this.#tokens.usable(first.user) !== undefined) this.#credential = await this.#tokens.credentialOf(this.#mechanism, first.user);
    const step = this.#finish(message, first);
    if (step.kind !== "done") return step;
    // It may have been ended meanwhile.
    const token = this.#tokens.usable(first.user);
    if (token === undefined) return this.#failed(`the delegation token ${strangersWord(first.user)} has ended`);
    return { ...step, user: token.owner.name, expiresAtMs: token.expiresAtMs, isByToken: true };
  }

  #finish(message: Buffer, first: ScramClientFirst): SaslStep {
    const final = readClientFinal(message);
    if (final === undefined) return this.#failed("the client's last message is malformed");
    // As Kafka has it: librdkafka before 2.2 puts its own part in front once more. All of it is signed.
    if (!final.nonce.endsWith(this.#serverNonce)) return this.#failed("the nonce is not the one of this login");
    if (final.channelBinding !== Buffer.from(first.gs2Header).toString("base64")) return this.#failed("the header was changed on its way");
    const authMessage = `${first.bare},${this.#serverFirst},${final.withoutProof}`;
    const checked = this.#credential ?? this.#decoy;
    invariant(checked, "There is a decoy since the first message.");
    const isRight = isProofRight(this.#mechanism, checked, authMessage, final.proof);
    if (this.#credential === undefined)
      return this.#failed(
        isTokenLogin(first)
          ? `there is no delegation token ${strangersWord(first.user)}, or it has ended`
          : `there is no ${this.#mechanism.name} credential for ${strangersWord(first.user)}`,
      );
    // Between the two messages of the client.
    if (!isTokenLogin(first) && this.#credentials.of(first.user, this.#mechanism.name) === undefined)
      return this.#failed(`the credential of ${strangersWord(first.user)} was removed in the middle of the login`);
    if (!isRight) return this.#failed(`wrong password for ${strangersWord(first.user)}`);
    return { kind: "done", bytes: Buffer.from(`v=${serverSignature(this.#mechanism, this.#credential, authMessage)}`), user: first.user };
  }

  #failed(why: string): SaslStep {
    return invalidCredentials(this.#mechanism.name, why);
  }
}

function isTokenLogin({ extensions }: ScramClientFirst): boolean {
  return extensions.get("tokenauth")?.toLowerCase() === "true";
}
