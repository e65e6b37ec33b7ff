import type { Api } from "@ottla/protocol";
import type { BrokerState } from "./broker-state.ts";
import type { Closed } from "./net/closed.ts";
import type { MemoryAccount } from "./net/client-memory.ts";
import type { MutationQuota } from "./quotas/mutation-quota.ts";
import type { AccessCheck } from "./security/access-check.ts";
import type { SaslLogin } from "./security/authentication/sasl-login.ts";
import type { Principal } from "./security/principal.ts";

/** The most bytes of a request whose handler does not say otherwise. */
export const DEFAULT_MAX_REQUEST_BYTES: number = 1024 * 1024;
/** The most array elements, over all arrays together, of a request whose handler does not say otherwise. */
export const DEFAULT_MAX_REQUEST_ELEMENTS = 20_000;
/** For requests that name ten thousand topics at their longest, or fifty thousand partitions. */
export const MANY_TOPICS_REQUEST_BYTES: number = 4 * 1024 * 1024;
/** As {@link MANY_TOPICS_REQUEST_BYTES}: topics, their partitions, and what is said of each. */
export const MANY_TOPICS_REQUEST_ELEMENTS = 60_000;

/** One connection, as long as it lasts. */
export interface Session {
  /** Unique in this process. */
  readonly id: number;
  /** Answers name endpoints of this listener: its clients may reach no other. */
  readonly listenerName: string;
  /** The virtual broker whose listener the connection came through. */
  readonly nodeId: number;
  /** The client's address as Kafka prints it: "/127.0.0.1". */
  readonly clientHost: string;
  /** The address of this machine that the client came to. */
  readonly serverHost: string;
  readonly principal: Principal;
  /** It logged in with a delegation token: it may not make more of them. */
  readonly isTokenAuthenticated: boolean;
  /** "pending": only handlers that serve before authentication may be called. A listener without authentication starts with "done". */
  readonly authentication: "pending" | "done";
  /** Undefined on listeners without SASL. */
  readonly login: SaslLogin | undefined;
  /** Whatever waits on behalf of the client ends when this does. */
  readonly closed: Closed;
  /** What is held on behalf of the client is taken from here. */
  readonly memory: MemoryAccount;
}

/** What a handler may know of the request beside its body. */
export interface RequestContext {
  readonly broker: BrokerState;
  readonly session: Session;
  /** The request's version; within the handler's range. */
  readonly version: number;
  readonly clientId: string | null;
  /**
   * What the request may change of partitions by its client's `controller_mutation_rate` (KIP-599), one for the whole request. Of versions from `strictSince` up what is beyond is refused with
   * THROTTLING_QUOTA_EXCEEDED; older ones are done, and their clients told to be quiet.
   */
  mutationQuota(strictSince: number): MutationQuota;
  /** What the client may: for what an answer shows. What a request needs is declared by its handler's `authorisation`. */
  readonly access: AccessCheck;
  /**
   * For handlers that read in place: keeps the request's bytes as they are beyond the call, until the answer. To be called before `handle` returns. False where that
   * cannot be, which is so for small requests only: then what is needed must be copied.
   */
  keepFrame(): boolean;
  /** Nothing of the request is looked at any more, though its answer may wait for long: what it takes of the client's memory is given back now. */
  letRequestGo(): void;
  /** Later requests of the connection wait until this one is answered, although its handler overlaps. To be called before `handle` returns. */
  answerBeforeNext(): void;
  /** The answer is the last one: the connection is closed behind it, for this reason. */
  closeAfterAnswer(reason: string): void;
  /** Calls `release` once the answer's buffers are no longer needed, or will not be sent. */
  afterAnswer(release: () => void): void;
}

/** What a request needs, as data: the stage asks by it, and `docs/authorization.md` is made of it. */
export interface Need {
  readonly operation: number;
  readonly resourceType: number;
  /** Which resources, for people: "each topic", "the group". */
  readonly of: string;
  /** What is told where it is not allowed. */
  readonly errorCode: number;
  /** What a refusal does beside its error, or when it is asked, for people. */
  readonly note?: string;
}

/**
 * What becomes of a request: it goes on, narrowed to what the client may; or it is answered. `complete` adds what was refused to the handler's answer, or takes out what the
 * client may not see; it gets undefined where the request has no answer.
 */
export type Decision<Request, Response> =
  | {
      readonly kind: "go-on";
      readonly request: Request;
      complete?(response: Response | undefined): Response | undefined;
    }
  | { readonly kind: "answer"; readonly response: Response | undefined };

/** What one API needs, and what it does where that is not allowed. */
export interface Authorisation<Request, Response> {
  /** Empty: everybody may. */
  readonly needs: readonly Need[];
  /** Asked before the handler, where there is an authorizer. Absent where nothing is refused, and the handler leaves out what `context.access` does not show. */
  decide?(context: RequestContext, request: Request): Decision<Request, Response>;
}

/**
 * The server side of one API key. A handler reads the request, asks the core that owns the state, and shapes the answer;
 * the rules live in the cores. It may throw a `KafkaError` only where `errorResponse` can carry it.
 */
export interface Handler<Request, Response> {
  readonly api: Api<Request, Response>;
  /** Lowest version served. */
  readonly minVersion: number;
  /** Highest version served and advertised. */
  readonly maxVersion: number;
  /** Lowest version advertised, where it differs from the lowest served. */
  readonly advertisedMinVersion?: number;
  /** True when later requests of the same connection may be handled before this one is answered; answers keep their order all the same. */
  readonly overlaps?: boolean;
  /** True when the handler keeps no part of the request's bytes beyond its call, so that they need not be copied. */
  readonly readsInPlace?: boolean;
  /**
   * The most bytes such a request may have; a longer one is refused by its size, before it is read. "records": it carries record batches, and `socket.request.max.bytes`
   * is the bound. {@link DEFAULT_MAX_REQUEST_BYTES} unless given.
   */
  readonly maxRequestBytes?: number | "records";
  /** The most array elements such a request may have, over all its arrays; counted while it is decoded. {@link DEFAULT_MAX_REQUEST_ELEMENTS} unless given. */
  readonly maxRequestElements?: number;
  /** True when a connection may send this before it has authenticated. */
  readonly beforeAuthentication?: boolean;
  /** What the client needs for such a request, and what it hears where that is not allowed. */
  readonly authorisation: Authorisation<Request, Response>;
  /** `undefined` means that the request gets no answer (Produce with acks=0). */
  handle(context: RequestContext, request: Request): Response | undefined | Promise<Response | undefined>;
}

/** Thrown by a handler whose request can only be answered by closing the connection. The message says why, for the log. */
export class CloseConnectionError extends Error {
  override readonly name = "CloseConnectionError";
  /** "half-close": the broker has finished sending, and the client may go on; faults alone want that. */
  readonly how: "close" | "half-close";

  constructor(message: string, how: "close" | "half-close" = "close") {
    super(message);
    this.how = how;
  }
}

/** A handler of unknown message types, as the dispatcher keeps it. */
export type AnyHandler = Handler<unknown, unknown>;
