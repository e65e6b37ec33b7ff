import type { Clock, LoginFailure, Timer } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { Closed } from "../../net/closed.ts";
import type { LoginOutcome } from "../audit/audit-trail.ts";
import { type Principal, principalText, userPrincipal } from "../principal.ts";
import { strangersWord } from "./strangers-word.ts";
import type { SaslExchange, SaslMechanism, SaslStep } from "./sasl-mechanism.ts";

/** What a listener says of its logins, now. */
export interface SaslRules {
  /** By name; the clients' names are compared letter by letter, as Kafka does. */
  mechanisms(): ReadonlyMap<string, SaslMechanism>;
  /** `connections.max.reauth.ms`; 0 is for ever. */
  maxReauthMs(mechanism: string): number;
  /** `connection.failed.authentication.delay.ms`. */
  readonly failureDelayMs: number;
}

/** What a login needs of its connection. */
export interface LoginPlace {
  readonly clock: Clock;
  readonly closed: Closed;
  /** It took too long. */
  giveUp(reason: string): void;
  /** The client has shown who it is, for the first time or again; with a delegation token, or otherwise. */
  authenticated(principal: Principal, how: { readonly isByToken: boolean }): void;
  /** A login is over, well or not: behind {@link LoginPlace.authenticated}, and before a failure is told to the client. */
  ended(outcome: LoginOutcome): void;
}

/** The answer to SaslHandshake. */
export interface HandshakeVerdict {
  readonly errorCode: number;
  readonly mechanisms: readonly string[];
  /** The connection ends behind the answer, for this reason. */
  readonly closes: string | undefined;
}

/** The answer to one message of the exchange. */
export interface TokenVerdict {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly bytes: Buffer;
  /** For how long the login holds, in ms; 0 is for ever. */
  readonly sessionLifetimeMs: number;
  readonly closes: string | undefined;
}

/** From the connection to the end of the login. Kafka waits until the connection has idled for ten minutes. */
const LOGIN_MS = 30_000;
/** A client that logs in again sooner than this after it last did so is refused; as in Kafka. */
const REAUTHENTICATION_INTERVAL_MS = 1000;
/** Messages of one login: no mechanism has more than a few. */
const MESSAGES_MAX = 16;

interface Exchange {
  readonly mechanism: string;
  readonly exchange: SaslExchange;
  /** Version 0 of SaslHandshake: messages come as they are, in frames without a request around them. */
  readonly isRaw: boolean;
  messages: number;
  /** The principal must stay what it is; why it cannot, where the mechanism is another. */
  readonly mechanismFault: string | undefined;
}

/** The login of one connection, and those that follow (KIP-43, KIP-152, KIP-368). */
export class SaslLogin {
  readonly #rules: SaslRules;
  readonly #place: LoginPlace;
  #exchange: Exchange | undefined;
  #principal: Principal | undefined;
  #mechanism = "";
  #hasFailed = false;
  /** In monotonic ms. */
  #expiresAtMs = Infinity;
  #lastBegunMs = -Infinity;
  #deadline: Timer | undefined;

  constructor(rules: SaslRules, place: LoginPlace) {
    this.#rules = rules;
    this.#place = place;
    this.#deadline = place.clock.schedule(LOGIN_MS, () => {
      place.ended({ kind: "failed", mechanism: this.#exchange?.mechanism, reason: "timed-out" });
      place.giveUp(`it did not log in within ${LOGIN_MS / 1000} s`);
    });
    place.closed.onClosed(() => this.#deadline?.cancel());
  }

  /** A handshake was answered, and messages of the exchange must follow. */
  get isUnderWay(): boolean {
    return this.#exchange !== undefined;
  }

  /** The next frame is a message of the exchange and no request. */
  get takesRawTokens(): boolean {
    return this.#exchange?.isRaw === true;
  }

  /** The login has ended by itself: its client should have logged in again. */
  get isExpired(): boolean {
    return this.#place.clock.monotonicMs() > this.#expiresAtMs;
  }

  /** The first login or one that followed has failed: nothing of this connection counts any more. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  handshake(mechanism: string, version: number): HandshakeVerdict {
    const enabled = this.#rules.mechanisms();
    const names = [...enabled.keys()];
    const nowMs = this.#place.clock.monotonicMs();
    if (this.#hasFailed || this.#exchange !== undefined) {
      this.#place.ended({ kind: "failed", mechanism: this.#exchange?.mechanism, reason: "protocol" });
      this.#hasFailed = true;
      this.#exchange = undefined;
      return {
        errorCode: ErrorCode.ILLEGAL_SASL_STATE,
        mechanisms: names,
        closes: "SaslHandshake came in the middle of a login",
      };
    }
    if (this.#principal !== undefined && !this.#mayRenew(nowMs))
      return { errorCode: ErrorCode.ILLEGAL_SASL_STATE, mechanisms: names, closes: undefined };
    const found = enabled.get(mechanism);
    if (found === undefined) {
      this.#hasFailed = true;
      // The name is the client's own, and could be anything.
      this.#place.ended({ kind: "failed", mechanism: undefined, reason: "unsupported-mechanism" });
      return {
        errorCode: ErrorCode.UNSUPPORTED_SASL_MECHANISM,
        mechanisms: names,
        closes: `it asked for the SASL mechanism ${strangersWord(mechanism)}, and the listener has ${names.join(", ")}`,
      };
    }
    // As in Kafka the first renewal may come at any time.
    if (this.#principal !== undefined) this.#lastBegunMs = nowMs;
    const isOther = this.#principal !== undefined && mechanism !== this.#mechanism;
    this.#exchange = {
      mechanism,
      exchange: found.begin(),
      isRaw: version === 0,
      messages: 0,
      mechanismFault: isOther
        ? `SASL mechanism '${mechanism}' requested by client is not supported for re-authentication of mechanism '${this.#mechanism}'`
        : undefined,
    };
    return { errorCode: ErrorCode.NONE, mechanisms: names, closes: undefined };
  }

  /** As in Kafka: a login that has no end is not renewed, nor one that was renewed just now. */
  #mayRenew(nowMs: number): boolean {
    return this.#expiresAtMs !== Infinity && nowMs - this.#lastBegunMs >= REAUTHENTICATION_INTERVAL_MS;
  }

  /** Takes one message of the client. A failure is told after a while, so that nobody can guess quickly. */
  async token(message: Buffer): Promise<TokenVerdict> {
    const exchange = this.#exchange;
    if (exchange === undefined || this.#hasFailed)
      return refused(
        ErrorCode.ILLEGAL_SASL_STATE,
        this.#principal === undefined
          ? "SaslAuthenticate request came without a SaslHandshake before it"
          : "SaslAuthenticate request received after successful authentication",
        this.#principal === undefined ? "SaslAuthenticate came before SaslHandshake" : undefined,
      );
    if (exchange.mechanismFault !== undefined) return this.#fail("principal-changed", exchange.mechanismFault, "it changed the mechanism");
    if (++exchange.messages > MESSAGES_MAX)
      return this.#fail("protocol", "Authentication failed", `its login has more than ${MESSAGES_MAX} messages`);
    const step = await exchange.exchange.next(message);
    if (step.kind === "continue")
      return { errorCode: ErrorCode.NONE, errorMessage: null, bytes: step.bytes, sessionLifetimeMs: 0, closes: undefined };
    if (step.kind === "failed") return this.#fail("invalid-credentials", step.message, step.why);
    return this.#done(exchange, step);
  }

  #done({ mechanism }: Exchange, step: Extract<SaslStep, { kind: "done" }>): TokenVerdict | Promise<TokenVerdict> {
    const principal = userPrincipal(step.user);
    const before = this.#principal;
    if (before !== undefined && principalText(before) !== principalText(principal))
      return this.#fail(
        "principal-changed",
        `Cannot change principals during re-authentication from ${principalText(before)}: ${principalText(principal)}`,
        `it logged in again as ${principalText(principal)}, and was ${principalText(before)}`,
      );
    this.#deadline?.cancel();
    this.#exchange = undefined;
    this.#principal = principal;
    this.#mechanism = mechanism;
    const sessionLifetimeMs = this.#lifetimeMs(mechanism, step.expiresAtMs);
    this.#expiresAtMs = sessionLifetimeMs === undefined ? Infinity : this.#place.clock.monotonicMs() + sessionLifetimeMs;
    this.#place.authenticated(principal, { isByToken: step.isByToken === true });
    this.#place.ended({ kind: "succeeded", mechanism, isAgain: before !== undefined });
    return {
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      bytes: step.bytes,
      // What ends at once has an end all the same: 0 would be for ever.
      sessionLifetimeMs: sessionLifetimeMs === undefined ? 0 : Math.max(1, sessionLifetimeMs),
      closes: undefined,
    };
  }

  #lifetimeMs(mechanism: string, expiresAtMs: number | undefined): number | undefined {
    const maxMs = this.#rules.maxReauthMs(mechanism);
    const credentialMs = expiresAtMs === undefined ? Infinity : Math.max(0, expiresAtMs - this.#place.clock.nowMs());
    const least = Math.min(credentialMs, maxMs > 0 ? maxMs : Infinity);
    return least === Infinity ? undefined : Math.floor(least);
  }

  async #fail(reason: LoginFailure, message: string, why: string): Promise<TokenVerdict> {
    this.#place.ended({ kind: "failed", mechanism: this.#exchange?.mechanism, reason });
    this.#hasFailed = true;
    this.#exchange = undefined;
    // From here on it has the time of the delay, and the one timer for that.
    this.#deadline?.cancel();
    const { clock, closed } = this.#place;
    const delayMs = this.#rules.failureDelayMs;
    if (delayMs > 0 && !closed.isClosed)
      await new Promise<void>((resolve) => {
        const timer = clock.schedule(delayMs, () => {
          stop();
          resolve();
        });
        const stop = closed.onClosed(() => {
          timer.cancel();
          resolve();
        });
      });
    return refused(ErrorCode.SASL_AUTHENTICATION_FAILED, message, `its login failed: ${why}`);
  }
}

function refused(errorCode: number, errorMessage: string, closes: string | undefined): TokenVerdict {
  return { errorCode, errorMessage, bytes: Buffer.alloc(0), sessionLifetimeMs: 0, closes };
}
