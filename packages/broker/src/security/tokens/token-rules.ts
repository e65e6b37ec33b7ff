import { ErrorCode } from "@ottla/protocol";
import type { DelegationToken, DelegationTokenRecord, DelegationTokens, TokenPrincipal } from "../../metadata/delegation-tokens.ts";

/** Tokens of a cluster; Kafka has no bound. */
export const TOKENS_MAX = 20_000;
/** Tokens that one principal may have asked for, so that nobody takes them all. */
export const TOKENS_PER_REQUESTER_MAX = 2000;
/** All names of one token together, in bytes: it lies in memory as long as it lives. */
export const TOKEN_NAMES_BYTES_MAX = 16 * 1024;
/** Tokens that one change removes. */
const EXPIRED_PER_CHANGE_MAX = 1000;

/** What the configuration says of the life of tokens. */
export interface TokenLimits {
  /** `delegation.token.max.lifetime.ms`. */
  readonly maxLifetimeMs: number;
  /** `delegation.token.expiry.time.ms`: how long a token lives that nobody renews. */
  readonly expiryTimeMs: number;
}

/** A token to be made. */
export interface TokenWish {
  readonly tokenId: string;
  readonly owner: TokenPrincipal;
  readonly requester: TokenPrincipal;
  readonly renewers: readonly TokenPrincipal[];
  /** 0 and below: as the configuration has it. */
  readonly maxLifetimeMs: number;
}

/** What becomes of a request that changes one token. */
export interface TokenOutcome {
  readonly errorCode: number;
  readonly records: readonly DelegationTokenRecord[];
  /** When it ends, as the answer says; 0 where it failed, as in Kafka. */
  readonly expiresAtMs: number;
}

/** A new token. Errors: POLICY_VIOLATION, where there are too many, or its names are too long. Source: Kafka's DelegationTokenControlManager. */
export function createToken(
  tokens: DelegationTokens,
  { maxLifetimeMs: wishedMs, ...wish }: TokenWish,
  { maxLifetimeMs, expiryTimeMs }: TokenLimits,
  nowMs: number,
): TokenOutcome & { readonly token?: DelegationToken } {
  const names = [wish.owner, wish.requester, ...wish.renewers];
  const nameBytes = names.reduce((sum, { type, name }) => sum + Buffer.byteLength(type) + Buffer.byteLength(name), 0);
  if (
    tokens.size >= TOKENS_MAX ||
    tokens.countOf(wish.requester) >= TOKENS_PER_REQUESTER_MAX ||
    nameBytes + names.length > TOKEN_NAMES_BYTES_MAX
  )
    return failed(ErrorCode.POLICY_VIOLATION);
  const maxTimestampMs = later(nowMs, wishedMs > 0 ? Math.min(maxLifetimeMs, wishedMs) : maxLifetimeMs);
  const expiresAtMs = Math.min(maxTimestampMs, later(nowMs, expiryTimeMs));
  const token = { ...wish, issuedAtMs: nowMs, expiresAtMs, maxTimestampMs };
  return { errorCode: ErrorCode.NONE, records: [{ kind: "delegation-token", ...token }], expiresAtMs, token };
}

/** Another while of life for a token, at most to the end it was made with. Errors: DELEGATION_TOKEN_NOT_FOUND, _EXPIRED, _OWNER_MISMATCH, in this order. */
export function renewToken(
  token: DelegationToken | undefined,
  asker: TokenPrincipal,
  renewPeriodMs: number,
  { expiryTimeMs }: TokenLimits,
  nowMs: number,
): TokenOutcome {
  if (token === undefined) return failed(ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
  if (isExpired(token, nowMs)) return failed(ErrorCode.DELEGATION_TOKEN_EXPIRED);
  if (!mayRenew(token, asker)) return failed(ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH);
  return endingAt(token, later(nowMs, renewPeriodMs > 0 ? Math.min(expiryTimeMs, renewPeriodMs) : expiryTimeMs));
}

/** An end for a token: now, where the period is negative, and that for a token which has ended, too. Errors: as of {@link renewToken}, the last two in the other order. */
export function expireToken(
  token: DelegationToken | undefined,
  asker: TokenPrincipal,
  expiryPeriodMs: number,
  nowMs: number,
): TokenOutcome {
  if (token === undefined) return failed(ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
  if (!mayRenew(token, asker)) return failed(ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH);
  if (expiryPeriodMs < 0)
    return {
      errorCode: ErrorCode.NONE,
      records: [{ kind: "delegation-token-removed", tokenId: token.tokenId }],
      expiresAtMs: nowMs,
    };
  if (isExpired(token, nowMs)) return failed(ErrorCode.DELEGATION_TOKEN_EXPIRED);
  return endingAt(token, later(nowMs, expiryPeriodMs));
}

/** Some of the tokens that have ended, to be removed: as many as one change takes. */
export function expiredTokens(tokens: DelegationTokens, nowMs: number): DelegationTokenRecord[] {
  const records: DelegationTokenRecord[] = [];
  for (const token of tokens.values()) {
    if (!isExpired(token, nowMs)) continue;
    records.push({ kind: "delegation-token-removed", tokenId: token.tokenId });
    if (records.length >= EXPIRED_PER_CHANGE_MAX) break;
  }
  return records;
}

/** Whether a token cannot be used any more. */
export function isExpired({ expiresAtMs, maxTimestampMs }: DelegationToken, nowMs: number): boolean {
  return expiresAtMs < nowMs || maxTimestampMs < nowMs;
}

/** Whether somebody sees a token without being allowed to see those of others. */
export function isOwnToken(token: DelegationToken, asker: TokenPrincipal): boolean {
  return mayRenew(token, asker) || isSamePrincipal(token.requester, asker);
}

export function isSamePrincipal(a: TokenPrincipal, b: TokenPrincipal): boolean {
  return a.type === b.type && a.name === b.name;
}

function mayRenew({ owner, renewers }: DelegationToken, asker: TokenPrincipal): boolean {
  return isSamePrincipal(owner, asker) || renewers.some((renewer) => isSamePrincipal(renewer, asker));
}

function endingAt(token: DelegationToken, atMs: number): TokenOutcome {
  const expiresAtMs = Math.min(token.maxTimestampMs, atMs);
  return { errorCode: ErrorCode.NONE, records: [{ kind: "delegation-token", ...token, expiresAtMs }], expiresAtMs };
}

function failed(errorCode: number): TokenOutcome {
  return { errorCode, records: [], expiresAtMs: 0 };
}

function later(nowMs: number, byMs: number): number {
  return Math.min(nowMs + byMs, Number.MAX_SAFE_INTEGER);
}
