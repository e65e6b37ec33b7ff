import type { Clock } from "@ottla/base";
import { refusedToken, type TokenChecker, type TokenVerdict } from "./token-verdict.ts";

/** What a token that nobody signed must say; by the options `unsecuredValidator…` of Kafka's login module. */
export interface UnsecuredRules {
  readonly principalClaim: string;
  readonly scopeClaim: string;
  /** All of them must be there. */
  readonly requiredScope: readonly string[];
  readonly clockSkewMs: number;
}

/** Tokens that nobody signed (alg none): whoever comes is who they say. For tests. Source: Kafka's OAuthBearerUnsecuredValidatorCallbackHandler. */
export class UnsecuredTokens implements TokenChecker {
  readonly #clock: Clock;
  readonly #rules: UnsecuredRules;

  constructor(clock: Clock, rules: UnsecuredRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  check(token: string): TokenVerdict {
    return checkUnsecured(token, this.#rules, this.#clock.nowMs());
  }

  close(): void {}
}

function checkUnsecured(
  token: string,
  { principalClaim, scopeClaim, requiredScope, clockSkewMs }: UnsecuredRules,
  nowMs: number,
): TokenVerdict {
  const [header, payload, signature, ...more] = token.split(".");
  const said = objectOf(header);
  const claims = objectOf(payload);
  if (said === undefined || claims === undefined || more.length > 0) return refusedToken("its token is no JSON Web Token");
  if (said["alg"] !== "none" || signature !== "")
    return refusedToken("its token is signed, and tokens without a signature are taken alone");
  const user = claims[principalClaim];
  if (typeof user !== "string" || user === "")
    return refusedToken(`the claim ${principalClaim}, which names the user, is no text or empty in its token`);
  const [issuedMs, expiresMs] = [msOf(claims["iat"]), msOf(claims["exp"])];
  if (claims["iat"] !== undefined && issuedMs === undefined) return refusedToken("the claim iat of its token is no number");
  if (expiresMs === undefined) return refusedToken("the claim exp of its token is no number");
  if (issuedMs !== undefined && issuedMs - clockSkewMs > nowMs) return refusedToken("its token comes from the future");
  if (nowMs >= expiresMs + clockSkewMs) return refusedToken("its token has expired");
  if (issuedMs !== undefined && expiresMs <= issuedMs) return refusedToken("its token ends before it begins");
  const scopes = scopesOf(claims[scopeClaim]);
  const lacked = requiredScope.find((scope) => !scopes.includes(scope));
  if (lacked !== undefined)
    return { kind: "refused", why: "its token lacks a scope that is asked for", lackedScope: requiredScope.join(" ") };
  return { kind: "valid", user, expiresAtMs: expiresMs };
}

function objectOf(part = ""): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function msOf(seconds: unknown): number | undefined {
  return typeof seconds === "number" && Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined;
}

/** A text with blanks between, or a list. */
function scopesOf(claim: unknown): readonly unknown[] {
  return typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
}
