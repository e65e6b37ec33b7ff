import type { AnyHandler, RequestContext } from "../handler.ts";

/** The stage at which, for a test, something goes wrong with a request. A broker has none unless it was started with one. */
export interface FaultInjection {
  /** While it is false, requests go their way as if there were no such stage. */
  readonly isArmed: boolean;
  /** Calls the handler, or not, or later, with the request or a part of it, and answers. May throw `CloseConnectionError`. */
  run(call: RequestContext, handler: AnyHandler, request: unknown, handle: (request: unknown) => unknown): unknown;
  /** Hears of each request that was answered, or that ended its connection. */
  ended(call: RequestContext, handler: AnyHandler): void;
  /** Ends what waits for a fault: the broker stops. */
  stop(): void;
}
