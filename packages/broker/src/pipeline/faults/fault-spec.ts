import type { ApiKey, ErrorName } from "@ottla/protocol";

/** An API by its name in the protocol: "Produce", "Fetch", "JoinGroup". */
export type ApiName = keyof typeof ApiKey;

/** Which requests a fault meets. What is left out matches everything; what is given must all hold. */
export interface FaultMatch {
  readonly api?: ApiName | readonly ApiName[];
  /** The virtual broker that was asked. */
  readonly node?: number;
  /** A topic that the request names, by name or by id. */
  readonly topic?: string;
  /** A topic's id, for a client that still uses the id of a topic that was deleted. */
  readonly topicId?: string;
  /** A partition that the request names; with `topic`, one of that topic. */
  readonly partition?: number;
  readonly group?: string;
  readonly transactionalId?: string;
  readonly clientId?: string;
}

/** A name or number of an error, or a list of them: one for each hit, in order. NONE lets a request through. */
export type FaultReply = ErrorName | number | readonly (ErrorName | number)[];

/**
 * A fault in words that JSON has: which requests it meets, how often, and what happens to them. Without an effect the requests are only counted.
 *
 * Faults are looked at in the order in which they came. Each request counts once for a fault that it meets. Waiting adds up; the first error for a topic or a partition,
 * and the first loss, is the one that happens.
 */
export interface FaultSpec extends FaultMatch {
  /** For people: stands in lists. */
  readonly name?: string;
  /** How many matching requests go through first. Default 0. */
  readonly after?: number;
  /** How often it happens. Default: once, or as often as `reply` has errors; always where requests are only counted. */
  readonly times?: number | "always";
  /**
   * Answers with this error instead of handling. Where topic or partition are named, they alone are refused and the rest is handled: one topic of several, as a broker would.
   * The error stands where that API has it, at the partition, the topic, the group or the whole.
   */
  readonly reply?: FaultReply;
  /** Waits so long, on the broker's clock. */
  readonly delayMs?: number;
  /** Waits until the fault is released or removed. */
  readonly hold?: boolean;
  /** What waiting puts off: handling the request (default), or the answer to one that has been handled. */
  readonly late?: "request" | "answer";
  /** "request": it is not handled. "answer": it is handled, and nobody hears of it. Either way see `connection`. */
  readonly lose?: "request" | "answer";
  /**
   * What becomes of the connection of a lost request: closed (default); "half-close": the broker has finished sending, and says no more; "hang": it stays open, and silent.
   * Given alone, the request is lost.
   */
  readonly connection?: "close" | "half-close" | "hang";
}

/** A request as faults see it. */
export interface SeenRequest {
  readonly api: ApiName;
  readonly version: number;
  readonly node: number;
  readonly clientId: string | null;
  readonly connectionId: number;
  /** Topics that it names. */
  readonly topics: readonly string[];
  readonly groups: readonly string[];
  readonly transactionalIds: readonly string[];
  /** The decoded request, its fields named as in Kafka's message definitions. Valid during the call. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a program can add that JSON cannot. */
export interface FaultHooks {
  /** Asked last: whether the fault meets this request. */
  readonly when?: (request: SeenRequest) => boolean;
  /** Hears of each hit. */
  readonly observe?: (request: SeenRequest) => void;
  /** Each hit waits until this resolves; see `late`. A rejection counts as resolved. */
  readonly wait?: (request: SeenRequest) => PromiseLike<unknown> | undefined;
  /** Changes the real answer, its fields named as in Kafka's message definitions; what it returns is sent. */
  readonly edit?: (answer: Readonly<Record<string, unknown>>, request: SeenRequest) => Readonly<Record<string, unknown>>;
}

/** A fault as it was armed, with what has come of it: what lists show. */
export interface FaultReport {
  readonly id: number;
  readonly spec: FaultSpec;
  readonly count: number;
  /** Held requests that wait for `release`. */
  readonly waiting: number;
  /** It will not happen again. */
  readonly isSpent: boolean;
}
