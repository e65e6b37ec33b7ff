import { MalformedBytesError } from "@ottla/base";
import { ApiKey, encodeResponse } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import { type AnyHandler, CloseConnectionError, type Session } from "../handler.ts";
import { apiVersionsHandler, unsupportedApiVersionsResponse } from "../handlers/18-api-versions.ts";
import type { FrameHandler, Outcome } from "../net/connection.ts";
import type { ClientEndpoint } from "../net/listener.ts";
import { refusal } from "./authorise.ts";
import { Call } from "./call.ts";
import { decodeRequest, maxRequestBytes } from "./decode.ts";
import { RequestObserver } from "./observe.ts";
import { ConnectionSession, type SessionPlace } from "./session.ts";

/**
 * Takes the frames of all connections through the stages that every request passes: decode → authorise → handle → throttle → observe. Holds no state of a request;
 * that is in its `Call`.
 */
export class Dispatcher {
  readonly #broker: BrokerState;
  readonly #handlers: readonly (AnyHandler | undefined)[];
  readonly observer: RequestObserver;

  constructor(broker: BrokerState, handlers: readonly AnyHandler[]) {
    this.#broker = broker;
    this.observer = new RequestObserver(broker.logger);
    const byKey: (AnyHandler | undefined)[] = [];
    for (const handler of handlers) byKey[handler.api.key] = handler;
    this.#handlers = byKey;
  }

  /** A handler of the frames of one connection. */
  forConnection(place: SessionPlace, client: ClientEndpoint): FrameHandler {
    const session = new ConnectionSession(place, client);
    return (frame, isBorrowed) => this.#dispatch(frame, isBorrowed, session);
  }

  #dispatch(frame: Buffer, isBorrowed: boolean, session: Session): ReturnType<FrameHandler> {
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
    const refused = refusal(session, handler);
    if (refused !== undefined) return closing(refused);
    return this.#handle(handler, frame, isBorrowed, session);
  }

  #handle(handler: AnyHandler, frame: Buffer, isBorrowed: boolean, session: Session): ReturnType<FrameHandler> {
    const { clock, config } = this.#broker;
    const startedMs = clock.monotonicMs();
    let call: Call | undefined;
    try {
      const maxBytes = maxRequestBytes(handler, config.number("socket.request.max.bytes"));
      const { header, request } = decodeRequest(handler, frame, isBorrowed, maxBytes);
      const own = new Call(this.#broker, handler, header, session);
      call = own;
      const response = handler.handle(own, request);
      this.observer.began(handler, clock.monotonicMs() - startedMs, frame.length);
      if (!(response instanceof Promise)) {
        const outcome = own.answer(response);
        this.observer.ended(handler, clock.monotonicMs() - startedMs, false);
        return { outcome, overlaps: true };
      }
      const outcome = response
        .then((settled) => own.answer(settled))
        .catch((error: unknown) => {
          own.release();
          return this.#failed(handler, error);
        })
        .then((settled) => {
          this.observer.ended(handler, clock.monotonicMs() - startedMs, settled.kind === "close");
          return settled;
        });
      return { outcome, overlaps: handler.overlaps === true };
    } catch (error) {
      call?.release();
      this.observer.ended(handler, clock.monotonicMs() - startedMs, true);
      return { outcome: this.#failed(handler, error), overlaps: false };
    }
  }

  #failed(handler: AnyHandler, error: unknown): Outcome {
    if (error instanceof MalformedBytesError) return { kind: "close", reason: `a malformed ${handler.api.name} request: ${error.message}` };
    if (error instanceof CloseConnectionError) return { kind: "close", reason: error.message };
    this.#broker.logger.error("a request failed unexpectedly", {
      api: handler.api.name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { kind: "close", reason: `an unexpected failure in ${handler.api.name}` };
  }
}

function closing(reason: string): ReturnType<FrameHandler> {
  return { outcome: { kind: "close", reason }, overlaps: false };
}
