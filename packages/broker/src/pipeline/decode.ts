import { ByteReader, MalformedBytesError } from "@ottla/base";
import { type RequestHeader, readRequestHeader } from "@ottla/protocol";
import { type AnyHandler, DEFAULT_MAX_REQUEST_BYTES, DEFAULT_MAX_REQUEST_ELEMENTS } from "../handler.ts";

/** A request as it came in: its header and its body in the handler's own type. */
export interface DecodedRequest {
  readonly header: RequestHeader;
  readonly request: unknown;
}

/** The bound on a request's bytes. `socketRequestMaxBytes`: Kafka's `socket.request.max.bytes`, which is above all of them. */
export function maxRequestBytes({ maxRequestBytes: own = DEFAULT_MAX_REQUEST_BYTES }: AnyHandler, socketRequestMaxBytes: number): number {
  return own === "records" ? socketRequestMaxBytes : Math.min(own, socketRequestMaxBytes);
}

/** Reads a request. Throws `MalformedBytesError`, also when it is longer than its handler allows. */
export function decodeRequest(handler: AnyHandler, frame: Buffer, isBorrowed: boolean, maxBytes: number): DecodedRequest {
  if (frame.length > maxBytes) throw new MalformedBytesError(`it has ${frame.length} bytes, and ${maxBytes} are the most.`);
  const reader = new ByteReader(isBorrowed && !handler.readsInPlace ? Buffer.from(frame) : frame);
  reader.elementsLeft = handler.maxRequestElements ?? DEFAULT_MAX_REQUEST_ELEMENTS;
  const header = readRequestHeader(reader);
  return { header, request: handler.api.readRequest(reader, header.apiVersion) };
}
