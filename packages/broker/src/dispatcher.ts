import { ByteReader, type Logger, MalformedBytesError } from "@ottla/base";
import { ApiKey, encodeResponse, type RequestHeader, readRequestHeader } from "@ottla/protocol";
import type { BrokerState } from "./broker-state.ts";
import { type AnyHandler, CloseConnectionError, type RequestContext } from "./handler.ts";
import { apiVersionsHandler, unsupportedApiVersionsResponse } from "./handlers/18-api-versions.ts";
import type { FrameHandler, Outcome } from "./net/connection.ts";
import type { ClientEndpoint } from "./net/listener.ts";

const SILENCE: Outcome = { kind: "silence" };

/** Turns frames into calls of handlers and their results into frames. Holds no state of a request. */
export class Dispatcher {
  readonly #broker: BrokerState;
  readonly #handlers: readonly (AnyHandler | undefined)[];
  readonly #logger: Logger;

  constructor(broker: BrokerState, handlers: readonly AnyHandler[]) {
    this.#broker = broker;
    this.#logger = broker.logger;
    const byKey: (AnyHandler | undefined)[] = [];
    for (const handler of handlers) byKey[handler.api.key] = handler;
    this.#handlers = byKey;
  }

  /** A handler of the frames of one connection. */
  forConnection(nodeId: number, listenerName: string, client: ClientEndpoint): FrameHandler {
    return (frame, isBorrowed) => this.#dispatch(frame, isBorrowed, nodeId, listenerName, client);
  }

  #dispatch(frame: Buffer, isBorrowed: boolean, nodeId: number, listenerName: string, client: ClientEndpoint): ReturnType<FrameHandler> {
    const apiKey = frame.length >= 8 ? frame.readInt16BE(0) : -1;
    const handler = apiKey >= 0 ? this.#handlers[apiKey] : undefined;
    if (!handler) return closing(`API key ${apiKey} is not served`);
    const version = frame.readInt16BE(2);
    if (version < handler.minVersion || version > handler.maxVersion) {
      // Trap A1: the answer to an unknown ApiVersions version is in the layout of version 0, and the connection stays.
      if (apiKey !== ApiKey.ApiVersions) return closing(`version ${version} of ${handler.api.name} is not served`);
      const answer = encodeResponse(apiVersionsHandler.api, 0, frame.readInt32BE(4), unsupportedApiVersionsResponse(this.#broker));
      return { outcome: { kind: "answer", frame: answer, onSent: undefined }, overlaps: false };
    }
    let call: Call | undefined;
    try {
      const reader = new ByteReader(isBorrowed && !handler.readsInPlace ? Buffer.from(frame) : frame);
      const header = readRequestHeader(reader);
      const request = handler.api.readRequest(reader, version);
      const own = new Call(this.#broker, handler, header, nodeId, listenerName, client);
      call = own;
      const response = handler.handle(own, request);
      if (!(response instanceof Promise)) return { outcome: own.answer(response), overlaps: true };
      const outcome = response
        .then((settled) => own.answer(settled))
        .catch((error: unknown) => {
          own.release();
          return this.#failed(handler, error);
        });
      return { outcome, overlaps: handler.overlaps === true };
    } catch (error) {
      call?.release();
      return { outcome: this.#failed(handler, error), overlaps: false };
    }
  }

  #failed(handler: AnyHandler, error: unknown): Outcome {
    if (error instanceof MalformedBytesError) return { kind: "close", reason: `a malformed ${handler.api.name} request: ${error.message}` };
    if (error instanceof CloseConnectionError) return { kind: "close", reason: error.message };
    this.#logger.error("a request failed unexpectedly", {
      api: handler.api.name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { kind: "close", reason: `an unexpected failure in ${handler.api.name}` };
  }
}

/** One request on its way from decoding to its answer. */
class Call implements RequestContext {
  readonly broker: BrokerState;
  readonly version: number;
  readonly clientId: string | null;
  readonly clientHost: string;
  readonly connectionId: number;
  readonly nodeId: number;
  readonly listenerName: string;
  readonly #handler: AnyHandler;
  readonly #correlationId: number;
  #releases: (() => void)[] | undefined;

  constructor(
    broker: BrokerState,
    handler: AnyHandler,
    header: RequestHeader,
    nodeId: number,
    listenerName: string,
    client: ClientEndpoint,
  ) {
    this.broker = broker;
    this.version = header.apiVersion;
    this.clientId = header.clientId;
    this.clientHost = client.clientHost;
    this.connectionId = client.connectionId;
    this.nodeId = nodeId;
    this.listenerName = listenerName;
    this.#handler = handler;
    this.#correlationId = header.correlationId;
  }

  afterAnswer(release: () => void): void {
    if (this.#releases) this.#releases.push(release);
    else this.#releases = [release];
  }

  answer(response: unknown): Outcome {
    if (response === undefined) return SILENCE;
    const frame = encodeResponse(this.#handler.api, this.version, this.#correlationId, response);
    const releases = this.#releases;
    return { kind: "answer", frame, onSent: releases && (() => this.release()) };
  }

  /** Gives back what was kept for the answer. */
  release(): void {
    const releases = this.#releases;
    this.#releases = undefined;
    releases?.forEach((release) => release());
  }
}

function closing(reason: string): ReturnType<FrameHandler> {
  return { outcome: { kind: "close", reason }, overlaps: false };
}
