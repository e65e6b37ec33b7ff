import { ByteReader, MalformedBytesError } from "@ottla/base";
import { type RequestHeader, readRequestHeader } from "@ottla/protocol";
import { type AnyHandler, DEFAULT_MAX_REQUEST_BYTES, DEFAULT_MAX_REQUEST_ELEMENTS } from "../handler.ts";

/** A request as it came in: its header and its body in the handler's own type. */
export interface DecodedRequest {
  readonly header: RequestHeader;
  readonly request: unknown;
  /** Elements of all its arrays: what it takes in memory beside its bytes. */
  readonly elements: number;
}

/** The bound on a request's bytes. `socketRequestMaxBytes`: Kafka's `socket.request.max.bytes`, which is above all of them. */
export function maxRequestBytes({ maxRequestBytes: own = DEFAULT_MAX_REQUEST_BYTES }: AnyHandler, socketRequestMaxBytes: number): number {
  return own === "records" ? socketRequestMaxBytes : Math.min(own, socketRequestMaxBytes);
}

/** Reads a request. Throws `MalformedBytesError`, also when it has more elements than its handler allows. That its bytes are not too many was seen when its size came. */
export function decodeRequest(handler: AnyHandler, frame: Buffer, isBorrowed: boolean): DecodedRequest {
  const reader = new ByteReader(isBorrowed && !handler.readsInPlace ? Buffer.from(frame) : frame);
  const maxElements = handler.maxRequestElements ?? DEFAULT_MAX_REQUEST_ELEMENTS;
  reader.elementsLeft = maxElements;
  try {
    const header = readRequestHeader(reader);
    const request = handler.api.readRequest(reader, header.apiVersion);
    return { header, request, elements: maxElements - reader.elementsLeft };
  } catch (error) {
    if (reader.elementsLeft < 0)
      throw new MalformedBytesError(`it has more than ${maxElements} elements in its arrays, which is the most.`);
    throw error;
  }
}
