import { MalformedBytesError } from "@ottla/base";
import { ApiKey, encodeResponse } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import { type AnyHandler, CloseConnectionError, DEFAULT_MAX_REQUEST_BYTES, type Session } from "../handler.ts";
import { apiVersionsHandler, unsupportedApiVersionsResponse } from "../handlers/18-api-versions.ts";
import type { FrameLender, FrameReceiver, Outcome, UnmadeAnswer } from "../net/frame-receiver.ts";
import type { FrameViolation } from "../net/frame-cutter.ts";
import type { ClientEndpoint } from "../net/listener.ts";
import { authorised, refusal } from "./authorise.ts";
import { Call } from "./call.ts";
import { decodeRequest, maxRequestBytes } from "./decode.ts";
import type { FaultInjection } from "./fault-injection.ts";
import { RequestObserver } from "./observe.ts";
import { ConnectionSession, type SessionPlace } from "./session.ts";
import { noThrottle, type Throttle } from "./throttle.ts";

type Reception = ReturnType<FrameReceiver["receive"]>;

const NOBODY_LISTENS: Outcome = { kind: "silence" };

/** Stages that may be exchanged. */
export interface PipelineStages {
  readonly throttle?: Throttle;
  /** Absent unless the broker was started with one. */
  readonly faults?: FaultInjection;
}

/**
 * Takes the frames of all connections through the stages that every request passes: decode → authorise → handle → throttle → observe. Holds no state of a request;
 * that is in its {@link Call}.
 */
export class Dispatcher {
  readonly observer: RequestObserver;
  readonly #broker: BrokerState;
  readonly #handlers: readonly (AnyHandler | undefined)[];
  readonly #throttle: Throttle;
  readonly #faults: FaultInjection | undefined;
  readonly #socketRequestMaxBytes: number;

  constructor(broker: BrokerState, handlers: readonly AnyHandler[], stages: PipelineStages = {}) {
    this.#broker = broker;
    this.#throttle = stages.throttle ?? noThrottle;
    this.#faults = stages.faults;
    this.#socketRequestMaxBytes = broker.config.number("socket.request.max.bytes");
    this.observer = new RequestObserver(broker.logger);
    const byKey: (AnyHandler | undefined)[] = [];
    for (const handler of handlers) byKey[handler.api.key] = handler;
    this.#handlers = byKey;
  }

  /** Whoever takes the frames of one connection. */
  forConnection(place: SessionPlace, client: ClientEndpoint): FrameReceiver {
    const session = new ConnectionSession(place, client);
    return {
      maxFrameBytes: (apiKey) => this.#maxFrameBytes(apiKey),
      receive: (frame, isBorrowed, lender) => this.#receive(frame, isBorrowed, lender, session),
      describeViolation: (violation) => this.#describe(violation),
    };
  }

  #maxFrameBytes(apiKey: number): number {
    if (apiKey < 0) return this.#socketRequestMaxBytes;
    const handler = this.#handlers[apiKey];
    return handler
      ? maxRequestBytes(handler, this.#socketRequestMaxBytes)
      : Math.min(DEFAULT_MAX_REQUEST_BYTES, this.#socketRequestMaxBytes);
  }

  #describe({ kind, frameBytes, firstInt16 }: FrameViolation): string {
    if (kind === "negative") return `a frame of ${frameBytes} bytes is no frame`;
    const name = this.#handlers[firstInt16]?.api.name;
    const what = name === undefined ? "a request" : `a ${name} request`;
    return `${what} of ${frameBytes} bytes is larger than the ${this.#maxFrameBytes(firstInt16)} that it may have`;
  }

  #receive(frame: Buffer, isBorrowed: boolean, lender: FrameLender | undefined, session: Session): Reception {
    const apiKey = frame.length >= 8 ? frame.readInt16BE(0) : -1;
    const handler = apiKey >= 0 ? this.#handlers[apiKey] : undefined;
    if (!handler) return closing(`API key ${apiKey} is not served`);
    const version = frame.readInt16BE(2);
    if (version < handler.minVersion || version > handler.maxVersion) {
      // The answer to an unknown ApiVersions version is in the layout of version 0, and the connection stays.
      if (apiKey !== ApiKey.ApiVersions) return closing(`version ${version} of ${handler.api.name} is not served`);
      const answer = encodeResponse(apiVersionsHandler.api, 0, frame.readInt32BE(4), unsupportedApiVersionsResponse(this.#broker));
      return { outcome: { kind: "answer", frame: answer, onSent: undefined }, overlaps: false };
    }
    return this.#handle(handler, frame, isBorrowed, lender, session);
  }

  #handle(handler: AnyHandler, frame: Buffer, isBorrowed: boolean, lender: FrameLender | undefined, session: Session): Reception {
    const startedMs = this.#broker.clock.monotonicMs();
    let call: Call | undefined;
    try {
      // A stranger's request is not even decoded.
      const refused = refusal(session, handler);
      if (refused !== undefined) throw new CloseConnectionError(refused);
      const faults = this.#faults?.isArmed ? this.#faults : undefined;
      // A fault may put handling off until long after the frame was given back.
      const decoded = decodeRequest(handler, faults && isBorrowed ? Buffer.from(frame) : frame, isBorrowed);
      const own = new Call(this.#broker, handler, decoded, session, frame.length, startedMs, faults ? undefined : lender);
      call = own;
      const response = faults
        ? faults.run(own, handler, decoded.request, (request) => this.#decide(handler, own, request))
        : this.#decide(handler, own, decoded.request);
      own.turnMs = this.#broker.clock.monotonicMs() - startedMs;
      this.observer.began(own);
      if (!(response instanceof Promise)) return { outcome: this.#answer(own, response), overlaps: own.mayOverlap };
      own.park();
      const outcome = response.then(
        (settled) => this.#unmade(own, settled),
        (error: unknown) => this.#failed(handler, own, error),
      );
      return { outcome, overlaps: own.mayOverlap };
    } catch (error) {
      return { outcome: this.#failed(handler, call, error), overlaps: false };
    }
  }

  #decide(handler: AnyHandler, call: Call, request: unknown): unknown {
    if (this.#broker.access === undefined) return handler.handle(call, request);
    return authorised(handler, call, request, (narrowed) => handler.handle(call, narrowed));
  }

  #unmade(call: Call, response: unknown): UnmadeAnswer {
    return {
      kind: "unmade",
      make: () => this.#answer(call, response),
      drop: () => {
        call.release();
        this.#ended(call, NOBODY_LISTENS);
      },
    };
  }

  /** Never throws. */
  #answer(call: Call, response: unknown): Outcome | Promise<Outcome> {
    try {
      const answered = call.answer(response, this.#throttle(call.session, call.handler.api.key, call.requestBytes));
      if (!(answered instanceof Promise)) return this.#ended(call, answered);
      call.park();
      return answered.then(
        (outcome) => this.#ended(call, outcome),
        (error: unknown) => this.#failed(call.handler, call, error),
      );
    } catch (error) {
      return this.#failed(call.handler, call, error);
    }
  }

  #ended(call: Call, outcome: Outcome): Outcome {
    call.unpark();
    this.observer.answered(call, this.#broker.clock.monotonicMs());
    this.#faults?.ended(call, call.handler);
    return outcome;
  }

  #failed(handler: AnyHandler, call: Call | undefined, error: unknown): Outcome {
    call?.unpark();
    call?.release();
    this.observer.closed(handler);
    if (call) this.#faults?.ended(call, handler);
    if (error instanceof MalformedBytesError) return { kind: "close", reason: `a malformed ${handler.api.name} request: ${error.message}` };
    if (error instanceof CloseConnectionError) return { kind: "close", reason: error.message, isHalf: error.how === "half-close" };
    this.#broker.logger.error("a request failed unexpectedly", {
      api: handler.api.name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { kind: "close", reason: `an unexpected failure in ${handler.api.name}` };
  }
}

function closing(reason: string): Reception {
  return { outcome: { kind: "close", reason }, overlaps: false };
}
