import { ErrorCode } from "@ottla/protocol";
import type { RequestContext, Session } from "../handler.ts";
import { commitChange } from "../metadata/commit-change.ts";
import type { DelegationToken, TokenPrincipal } from "../metadata/delegation-tokens.ts";
import { ANONYMOUS } from "../security/principal.ts";
import { isSamePrincipal, type TokenLimits, type TokenOutcome } from "../security/tokens/token-rules.ts";

/** What a request about tokens is answered with where it is not allowed at all: a time that is none. */
export const NO_TIME = -1;

/** Only who has shown who it is may ask about tokens, and not by a token; as in Kafka. */
export function mayAskForTokens({ login, principal, isTokenAuthenticated }: Session): boolean {
  return login === undefined ? !isSamePrincipal(principal, ANONYMOUS) : !isTokenAuthenticated;
}

/** How long tokens live now. */
export function tokenLimits({ broker: { config } }: RequestContext): TokenLimits {
  return {
    maxLifetimeMs: config.number("delegation.token.max.lifetime.ms"),
    expiryTimeMs: config.number("delegation.token.expiry.time.ms"),
  };
}

/** Parties as messages name them. */
export function principalFields({ type, name }: TokenPrincipal): { readonly principalType: string; readonly principalName: string } {
  return { principalType: type, principalName: name };
}

/** Who asked for a token, in versions that tell. */
export function requesterFields({ type, name }: TokenPrincipal, version: number) {
  return version < 3 ? {} : { tokenRequesterPrincipalType: type, tokenRequesterPrincipalName: name };
}

/** Changes the token of that secret as `decide` says; what the answer tells of it. Errors: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, DELEGATION_TOKEN_AUTH_DISABLED, KAFKA_STORAGE_ERROR, and those of `decide`. */
export async function changeToken(
  { broker, session }: RequestContext,
  hmac: Buffer,
  decide: (token: DelegationToken | undefined, nowMs: number) => TokenOutcome,
): Promise<{ readonly errorCode: number; readonly expiryTimestampMs: number }> {
  if (!mayAskForTokens(session)) return { errorCode: ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, expiryTimestampMs: NO_TIME };
  if (!broker.tokens.isEnabled) return { errorCode: ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED, expiryTimestampMs: 0 };
  let outcome: TokenOutcome | undefined;
  const storageError = await commitChange(broker, () => {
    outcome = decide(broker.tokens.byHmac(hmac), broker.clock.nowMs());
    return outcome.records;
  });
  if (outcome === undefined || storageError !== ErrorCode.NONE) return { errorCode: storageError, expiryTimestampMs: 0 };
  return { errorCode: outcome.errorCode, expiryTimestampMs: outcome.expiresAtMs };
}
