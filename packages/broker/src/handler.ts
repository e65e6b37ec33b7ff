import type { Api } from "@ottla/protocol";
import type { BrokerState } from "./broker-state.ts";

/** What a handler may know of the request beside its body. */
export interface RequestContext {
  readonly broker: BrokerState;
  /** The request's version; within the handler's range. */
  readonly version: number;
  readonly clientId: string | null;
  /** The client's address as Kafka prints it: "/127.0.0.1". */
  readonly clientHost: string;
  /** The virtual broker whose listener the request came through. */
  readonly nodeId: number;
  /** Answers name endpoints of this listener (trap A8). */
  readonly listenerName: string;
  readonly connectionId: number;
  /** Calls `release` once the answer's buffers are no longer needed, or will not be sent. */
  afterAnswer(release: () => void): void;
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
  /** Lowest version advertised, where it differs from the lowest served (trap A2). */
  readonly advertisedMinVersion?: number;
  /** True when later requests of the same connection may be handled before this one is answered; answers keep their order all the same. */
  readonly overlaps?: boolean;
  /** True when the handler keeps no part of the request's bytes beyond its call, so that they need not be copied. */
  readonly readsInPlace?: boolean;
  /** `undefined` means that the request gets no answer (Produce with acks=0). */
  handle(context: RequestContext, request: Request): Response | undefined | Promise<Response | undefined>;
}

/** Thrown by a handler whose request can only be answered by closing the connection. The message says why, for the log. */
export class CloseConnectionError extends Error {
  override readonly name = "CloseConnectionError";
}

/** A handler of unknown message types, as the dispatcher keeps it. */
export type AnyHandler = Handler<unknown, unknown>;
