// Generated from packages/protocol/spec/apis/36-sasl-authenticate.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readNullableCompactString, readNullableString, shortened, writeNullableCompactString, writeNullableString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface SaslAuthenticateRequest {
  readonly authBytes: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeSaslAuthenticateRequest(init: Partial<SaslAuthenticateRequest> = {}): SaslAuthenticateRequest {
  return {
    authBytes: init.authBytes ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readSaslAuthenticateRequest(reader: ByteReader, version: number): SaslAuthenticateRequest {
  const authBytes = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { authBytes, unknownTaggedFields };
}

function writeSaslAuthenticateRequest(writer: ByteWriter, message: SaslAuthenticateRequest, version: number): void {
  if (version >= 2) writeCompactBytes(writer, message.authBytes);
  else writeBytes(writer, message.authBytes);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface SaslAuthenticateResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly authBytes: Buffer;
  /** Versions 1+. */
  readonly sessionLifetimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeSaslAuthenticateResponse(init: Partial<SaslAuthenticateResponse> = {}): SaslAuthenticateResponse {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    authBytes: init.authBytes ?? noBytes,
    sessionLifetimeMs: init.sessionLifetimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readSaslAuthenticateResponse(reader: ByteReader, version: number): SaslAuthenticateResponse {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const authBytes = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const sessionLifetimeMs = version >= 1 ? reader.int64() : 0;
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, authBytes, sessionLifetimeMs, unknownTaggedFields };
}

function writeSaslAuthenticateResponse(writer: ByteWriter, message: SaslAuthenticateResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeCompactBytes(writer, message.authBytes);
  else writeBytes(writer, message.authBytes);
  if (version >= 1) writer.int64(message.sessionLifetimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** SaslAuthenticate: key 36, versions 0-2. */
export const saslAuthenticateApi: Api<SaslAuthenticateRequest, SaslAuthenticateResponse> = {
  key: 36,
  name: "SaslAuthenticate",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readSaslAuthenticateRequest,
  writeRequest: writeSaslAuthenticateRequest,
  readResponse: readSaslAuthenticateResponse,
  writeResponse: writeSaslAuthenticateResponse,
};
