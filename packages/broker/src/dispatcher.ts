import { ByteReader, type Logger, MalformedBytesError } from "@ottla/base";
import { ApiKey, encodeResponse, readRequestHeader } from "@ottla/protocol";
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
    return (frame) => this.#dispatch(frame, nodeId, listenerName, client);
  }

  #dispatch(frame: Buffer, nodeId: number, listenerName: string, client: ClientEndpoint): ReturnType<FrameHandler> {
    const apiKey = frame.length >= 8 ? frame.readInt16BE(0) : -1;
    const handler = apiKey >= 0 ? this.#handlers[apiKey] : undefined;
    if (!handler) return closing(`API key ${apiKey} is not served`);
    const version = frame.readInt16BE(2);
    if (version < handler.minVersion || version > handler.maxVersion) {
      // Trap A1: the answer to an unknown ApiVersions version is in the layout of version 0, and the connection stays.
      if (apiKey === ApiKey.ApiVersions) {
        const answer = unsupportedApiVersionsResponse(this.#broker);
        return { outcome: encode(apiVersionsHandler, 0, frame.readInt32BE(4), answer), overlaps: false };
      }
      return closing(`version ${version} of ${handler.api.name} is not served`);
    }
    try {
      const reader = new ByteReader(frame);
      const header = readRequestHeader(reader);
      const request = handler.api.readRequest(reader, version);
      const context: RequestContext = {
        broker: this.#broker,
        version,
        clientId: header.clientId,
        clientHost: client.clientHost,
        nodeId,
        listenerName,
        connectionId: client.connectionId,
      };
      const response = handler.handle(context, request);
      if (!(response instanceof Promise)) return { outcome: encode(handler, version, header.correlationId, response), overlaps: true };
      const outcome = response.then((settled) => encode(handler, version, header.correlationId, settled)).catch((error: unknown) => this.#failed(handler, error));
      return { outcome, overlaps: handler.overlaps === true };
    } catch (error) {
      return { outcome: this.#failed(handler, error), overlaps: false };
    }
  }

  #failed(handler: AnyHandler, error: unknown): Outcome {
    if (error instanceof MalformedBytesError) return { kind: "close", reason: `a malformed ${handler.api.name} request: ${error.message}` };
    if (error instanceof CloseConnectionError) return { kind: "close", reason: error.message };
    this.#logger.error("a request failed unexpectedly", { api: handler.api.name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return { kind: "close", reason: `an unexpected failure in ${handler.api.name}` };
  }
}

function encode(handler: AnyHandler, version: number, correlationId: number, response: unknown): Outcome {
  return response === undefined ? SILENCE : { kind: "answer", frame: encodeResponse(handler.api, version, correlationId, response) };
}

function closing(reason: string): ReturnType<FrameHandler> {
  return { outcome: { kind: "close", reason }, overlaps: false };
}

