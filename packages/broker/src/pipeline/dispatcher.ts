import { MalformedBytesError } from "@ottla/base";
import { ApiKey, encodeResponse, ErrorCode } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import { type AnyHandler, CloseConnectionError, DEFAULT_MAX_REQUEST_BYTES, type Session } from "../handler.ts";
import { apiVersionsHandler, unsupportedApiVersionsResponse } from "../handlers/18-api-versions.ts";
import type { FrameLender, FrameReceiver, Outcome, UnmadeAnswer } from "../net/frame-receiver.ts";
import type { FrameViolation } from "../net/frame-cutter.ts";
import type { ClientEndpoint } from "../net/listener.ts";
import type { SaslLogin } from "../security/authentication/sasl-login.ts";
import { authorised, refusal } from "./authorise.ts";
import { Call } from "./call.ts";
import { decodeRequest, maxRequestBytes } from "./decode.ts";
import type { FaultInjection } from "./fault-injection.ts";
import { RequestObserver } from "./observe.ts";
import { ConnectionSession, type SessionPlace, STRANGER_BYTES_MAX } from "./session.ts";
import { noThrottle, type Throttle } from "./throttle.ts";

type Reception = ReturnType<FrameReceiver["receive"]>;

/** More cannot be told. */
const THROTTLE_MAX_MS = 2 ** 31 - 1;
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
  readonly #saslMaxReceiveBytes: number;

  constructor(broker: BrokerState, handlers: readonly AnyHandler[], stages: PipelineStages = {}) {
    this.#broker = broker;
    this.#throttle = stages.throttle ?? noThrottle;
    this.#faults = stages.faults;
    this.#socketRequestMaxBytes = broker.config.number("socket.request.max.bytes");
    this.#saslMaxReceiveBytes = broker.config.number("sasl.server.max.receive.size");
    this.observer = new RequestObserver(broker.logger);
    const byKey: (AnyHandler | undefined)[] = [];
    for (const handler of handlers) byKey[handler.api.key] = handler;
    this.#handlers = byKey;
  }

  /** Whoever takes the frames of one connection. */
  forConnection(place: SessionPlace, client: ClientEndpoint): FrameReceiver {
    const session = new ConnectionSession(this.#broker, place, client);
    return {
      maxFrameBytes: (apiKey) => this.#maxFrameBytesFor(session, apiKey),
      receive: (frame, isBorrowed, lender) =>
        session.login?.takesRawTokens === true
          ? this.#receiveRawToken(frame, session.login)
          : this.#receive(frame, isBorrowed, lender, session),
      describeViolation: (violation) => this.#describe(violation, this.#maxFrameBytesFor(session, violation.firstInt16)),
    };
  }

  #maxFrameBytes(apiKey: number): number {
    if (apiKey < 0) return this.#socketRequestMaxBytes;
    const handler = this.#handlers[apiKey];
    return handler
      ? maxRequestBytes(handler, this.#socketRequestMaxBytes)
      : Math.min(DEFAULT_MAX_REQUEST_BYTES, this.#socketRequestMaxBytes);
  }

  /** Strangers get little: the settings, and never more than {@link STRANGER_BYTES_MAX}. */
  #maxFrameBytesFor(session: ConnectionSession, apiKey: number): number {
    if (session.authentication === "done") return this.#maxFrameBytes(apiKey);
    const most = Math.min(this.#saslMaxReceiveBytes, STRANGER_BYTES_MAX);
    return session.login?.takesRawTokens === true ? most : Math.min(this.#maxFrameBytes(apiKey), most);
  }

  #describe({ kind, frameBytes, firstInt16 }: FrameViolation, maxBytes: number): string {
    if (kind === "negative") return `a frame of ${frameBytes} bytes is no frame`;
    const foreign = foreignProtocol(frameBytes);
    if (foreign !== undefined) return foreign;
    const name = this.#handlers[firstInt16]?.api.name;
    const what = name === undefined ? "a request" : `a ${name} request`;
    return `${what} of ${frameBytes} bytes is larger than the ${maxBytes} that it may have`;
  }

  /** A message of a login behind SaslHandshake v0; a failure is told by the end of the connection. */
  #receiveRawToken(frame: Buffer, login: SaslLogin): Reception {
    const outcome = login.token(Buffer.from(frame)).then(
      ({ errorCode, bytes, closes }): Outcome => {
        if (errorCode !== ErrorCode.NONE || closes !== undefined) return { kind: "close", reason: closes ?? "its login failed" };
        const size = Buffer.alloc(4);
        size.writeInt32BE(bytes.length);
        return { kind: "answer", frame: [size, bytes], onSent: undefined };
      },
      (error: unknown): Outcome => {
        this.#broker.logger.error("a login failed unexpectedly", {
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        return { kind: "close", reason: "an unexpected failure in a login" };
      },
    );
    return { outcome, overlaps: false };
  }

  #receive(frame: Buffer, isBorrowed: boolean, lender: FrameLender | undefined, session: ConnectionSession): Reception {
    const refused = session.refused ?? session.countRequest();
    if (refused !== undefined) return closing(refused);
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
      if (this.#broker.audit?.isChange(handler.api.key)) own.change = decoded.request;
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
        this.#tellChange(call, response);
        this.#ended(call, NOBODY_LISTENS);
      },
    };
  }

  /** Never throws. */
  #answer(call: Call, response: unknown): Outcome | Promise<Outcome> {
    try {
      const throttleMs = Math.min(THROTTLE_MAX_MS, Math.max(call.mutationThrottleMs, this.#throttle({ ...usedBy(call), response })));
      const answered = call.answer(response, throttleMs);
      this.#tellChange(call, response);
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

  /** Once for each change, when it is known how it went, whether or not there is still somebody who hears the answer. */
  #tellChange(call: Call, response: unknown): void {
    const { change } = call;
    if (change === undefined) return;
    call.change = undefined;
    this.#broker.audit?.changed(call, change, response);
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
    if (call) this.#tellChange(call, undefined);
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

/** What clients of other protocols begin with, read as the size of a frame. */
function foreignProtocol(frameBytes: number): string | undefined {
  // A record of TLS's handshake, of whatever version.
  if (frameBytes >>> 16 === 0x1603)
    return "it speaks TLS to a listener that is not encrypted; set its security.protocol to PLAINTEXT or SASL_PLAINTEXT";
  // "GET ", "POST", "HEAD", "PUT "
  if ([0x47455420, 0x504f5354, 0x48454144, 0x50555420].includes(frameBytes)) return "it speaks HTTP, and this is a Kafka broker";
  return undefined;
}

function closing(reason: string): Reception {
  return { outcome: { kind: "close", reason }, overlaps: false };
}

function usedBy({ session, handler, clientId, requestBytes, turnMs }: Call) {
  return { session, apiKey: handler.api.key, clientId, requestBytes, turnMs };
}
