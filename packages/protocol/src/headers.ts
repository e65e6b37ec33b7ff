import type { ByteReader, ByteWriter } from "@ottla/base";
import { ApiKey, apiInfo } from "./api-keys.ts";
import { readNullableString, writeNullableString } from "./codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields } from "./codec/tagged-fields.ts";

/** What stands before the body of every request. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

/** 1, or 2 from the API's first flexible version on. An unknown key counts as not flexible. */
export function requestHeaderVersion(apiKey: number, apiVersion: number): number {
  const info = apiInfo(apiKey);
  return info !== undefined && apiVersion >= info.firstFlexibleVersion ? 2 : 1;
}

/** 0, or 1 from the API's first flexible version on. Always 0 for ApiVersions, whose answer any client must understand. */
export function responseHeaderVersion(apiKey: number, apiVersion: number): number {
  return apiKey === ApiKey.ApiVersions ? 0 : requestHeaderVersion(apiKey, apiVersion) - 1;
}

/**
 * Reads a request's header; the body follows. Works for any version of a known key, also one nobody serves, so that ApiVersions can be
 * answered. Of an unknown key the header is read as if not flexible: only close the connection then.
 * Throws `MalformedBytesError`. Source: KIP-482.
 */
export function readRequestHeader(reader: ByteReader): RequestHeader {
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  // The client id keeps its two-byte length even in the flexible header.
  const clientId = readNullableString(reader);
  if (requestHeaderVersion(apiKey, apiVersion) === 2) readUnknownTaggedFields(reader);
  return { apiKey, apiVersion, correlationId, clientId };
}

/** Writes a request's header in the form its key and version demand. */
export function writeRequestHeader(writer: ByteWriter, header: RequestHeader): void {
  writer.int16(header.apiKey);
  writer.int16(header.apiVersion);
  writer.int32(header.correlationId);
  writeNullableString(writer, header.clientId);
  if (requestHeaderVersion(header.apiKey, header.apiVersion) === 2) writeTaggedFields(writer, undefined, undefined);
}

/** Reads the header of the answer to a request of this key and version; returns its correlation id. */
export function readResponseHeader(reader: ByteReader, apiKey: number, apiVersion: number): number {
  const correlationId = reader.int32();
  if (responseHeaderVersion(apiKey, apiVersion) === 1) readUnknownTaggedFields(reader);
  return correlationId;
}

/** Writes the header of the answer to a request of this key and version. */
export function writeResponseHeader(writer: ByteWriter, apiKey: number, apiVersion: number, correlationId: number): void {
  writer.int32(correlationId);
  if (responseHeaderVersion(apiKey, apiVersion) === 1) writeTaggedFields(writer, undefined, undefined);
}
