import type { CryptoKey, JWTPayload, JWTVerifyOptions, JWTVerifyResult } from "jose";
import { OttlaError } from "@ottla/base";
import { strangersWord } from "../authentication/strangers-word.ts";
import { refusedToken, type TokenVerdict } from "./token-verdict.ts";

type Jose = typeof import("jose");

/** What a token must say. */
export interface ClaimRules {
  /** It must be meant for one of them; empty: for anybody. */
  readonly audiences: readonly string[];
  /** Null: anybody's. */
  readonly issuer: string | null;
  readonly clockSkewSeconds: number;
  readonly scopeClaim: string;
  readonly subClaim: string;
}

/** The public keys of an identity provider. */
export interface ProviderKeys {
  readonly count: number;
  readonly select: ReturnType<Jose["createLocalJWKSet"]>;
}

/** Keys of a provider; each has a handful. */
const KEYS_MAX = 1000;
/** Keys that are tried for a token that does not name one. */
const TRIED_MAX = 8;
/** Signatures by private keys alone: with HMAC whoever has the public key could sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/** Reads a JWKS document. Errors: `OAUTH_KEYS`, which says what is wrong with it. */
export async function readProviderKeys(text: string): Promise<ProviderKeys> {
  const { createLocalJWKSet } = await jose();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new OttlaError("OAUTH_KEYS", "what is there is no JSON");
  }
  const keys = typeof document === "object" && document !== null && "keys" in document ? document.keys : undefined;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "object" && key !== null && !Array.isArray(key)))
    throw new OttlaError("OAUTH_KEYS", 'what is there is no JWKS document: it has no list "keys"');
  if (keys.length > KEYS_MAX) throw new OttlaError("OAUTH_KEYS", `there are ${keys.length} keys, more than ${KEYS_MAX}`);
  return { count: keys.length, select: createLocalJWKSet({ keys }) };
}

/**
 * Whether a JSON Web Token is signed by one of the keys and says what it must. The work of checking a signature is not done on the loop.
 * "unknown-key": none of the keys is the one that it names, or that one cannot be used; newer keys may have it. Source: Kafka's BrokerJwtValidator.
 */
export async function checkToken(
  token: string,
  keys: ProviderKeys,
  rules: ClaimRules,
  nowMs: number,
): Promise<TokenVerdict | { readonly kind: "unknown-key"; readonly keyId: string; readonly why: string }> {
  const { audiences, issuer, clockSkewSeconds } = rules;
  const options: JWTVerifyOptions = {
    algorithms: ALGORITHMS,
    currentDate: new Date(nowMs),
    clockTolerance: clockSkewSeconds,
    requiredClaims: ["exp", "iat"],
    ...(audiences.length > 0 && { audience: [...audiences] }),
    ...(issuer !== null && { issuer }),
  };
  const library = await jose();
  try {
    const { payload } = await verify(library, token, keys, options);
    return claimsVerdict(payload, rules);
  } catch (error) {
    const keyId = keyIdOf(library, token);
    if (!(error instanceof library.errors.JOSEError)) {
      // Perhaps it was mended meanwhile.
      const why = `the key that its token names cannot be used (${error instanceof Error ? error.name : "unknown"})`;
      return keyId === undefined ? refusedToken(why) : { kind: "unknown-key", keyId, why };
    }
    if (error.code !== "ERR_JWKS_NO_MATCHING_KEY") return refusedToken(wordsFor(error.code, error));
    const why = `none of the ${keys.count} keys of the identity provider fits its token${keyId === undefined ? "" : `, which names the key ${strangersWord(keyId)}`}`;
    return keyId === undefined ? refusedToken(why) : { kind: "unknown-key", keyId, why };
  }
}

/** A token that names no key may fit several. */
async function verify(library: Jose, token: string, keys: ProviderKeys, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await library.jwtVerify(token, keys.select, options);
  } catch (error) {
    if (!(error instanceof library.errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error as AsyncIterable<CryptoKey>) {
      if (++tried > TRIED_MAX) break;
      try {
        return await library.jwtVerify(token, key, options);
      } catch (other) {
        if (!(other instanceof library.errors.JWSSignatureVerificationFailed)) throw other;
      }
    }
    throw new library.errors.JWSSignatureVerificationFailed();
  }
}

function claimsVerdict(payload: JWTPayload, { scopeClaim, subClaim }: ClaimRules): TokenVerdict {
  const { exp = 0, iat = 0, nbf } = payload;
  if (exp < 0 || iat < 0) return refusedToken("a time in its token is negative");
  if (exp < iat || (nbf !== undefined && exp < nbf)) return refusedToken("its token ends before it begins");
  const scope = payload[scopeClaim];
  const scopes = typeof scope === "string" ? [scope] : Array.isArray(scope) ? scope : [];
  if (!scopes.every(isWord) || new Set(scopes).size < scopes.length)
    return refusedToken(`the claim ${scopeClaim} of its token has empty or repeated scopes`);
  const user = payload[subClaim];
  if (!isWord(user)) return refusedToken(`the claim ${subClaim}, which names the user, is no text or empty in its token`);
  return { kind: "valid", user: user.trim(), expiresAtMs: Math.floor(exp * 1000) };
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function keyIdOf(library: Jose, token: string): string | undefined {
  try {
    const { kid } = library.decodeProtectedHeader(token);
    return typeof kid === "string" ? kid : undefined;
  } catch {
    return undefined;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "its token has expired",
  ERR_JOSE_ALG_NOT_ALLOWED: "its token is signed by an algorithm that is not taken; RS, PS, ES and EdDSA are",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the signature of its token is wrong",
  ERR_JWS_INVALID: "its token is no JSON Web Token",
  ERR_JWT_INVALID: "its token is no JSON Web Token",
};

function wordsFor(code: string, error: Error): string {
  if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED" && "claim" in error && "reason" in error) {
    const { claim, reason } = error;
    if (claim === "nbf" && reason === "check_failed") return "its token is not valid yet";
    if (claim === "aud") return "its token is meant for somebody else: the claim aud has none of sasl.oauthbearer.expected.audience";
    if (claim === "iss") return "its token comes from elsewhere: the claim iss is not sasl.oauthbearer.expected.issuer";
    return `the claim ${String(claim)} of its token is ${reason === "missing" ? "missing" : "not what it must be"}`;
  }
  return WORDS[code] ?? `its token cannot be used (${code})`;
}

/** Loaded at the first need. */
function jose(): Promise<Jose> {
  return import("jose");
}
