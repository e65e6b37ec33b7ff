// Generated from packages/protocol/spec/apis/17-sasl-handshake.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, writeArrayLength } from "../../codec/array-lengths.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface SaslHandshakeRequest {
  readonly mechanism: string;
}

export function makeSaslHandshakeRequest(init: Partial<SaslHandshakeRequest> = {}): SaslHandshakeRequest {
  return {
    mechanism: init.mechanism ?? "",
  };
}

function readSaslHandshakeRequest(reader: ByteReader, _version: number): SaslHandshakeRequest {
  const mechanism = readString(reader);
  return { mechanism };
}

function writeSaslHandshakeRequest(writer: ByteWriter, message: SaslHandshakeRequest, _version: number): void {
  writeString(writer, message.mechanism);
}

export interface SaslHandshakeResponse {
  readonly errorCode: number;
  readonly mechanisms: readonly string[];
}

export function makeSaslHandshakeResponse(init: Partial<SaslHandshakeResponse> = {}): SaslHandshakeResponse {
  return {
    errorCode: init.errorCode ?? 0,
    mechanisms: init.mechanisms ?? [],
  };
}

function readSaslHandshakeResponse(reader: ByteReader, _version: number): SaslHandshakeResponse {
  const errorCode = reader.int16();
  const mechanisms: string[] = [];
  for (let left = readArrayLength(reader, 2); left > 0; left--) mechanisms.push(readString(reader));
  return { errorCode, mechanisms };
}

function writeSaslHandshakeResponse(writer: ByteWriter, message: SaslHandshakeResponse, _version: number): void {
  writer.errorCode(message.errorCode);
  writeArrayLength(writer, message.mechanisms);
  for (const element of message.mechanisms) writeString(writer, element);
}

/** SaslHandshake: key 17, versions 0-1. */
export const saslHandshakeApi: Api<SaslHandshakeRequest, SaslHandshakeResponse> = {
  key: 17,
  name: "SaslHandshake",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  readRequest: readSaslHandshakeRequest,
  writeRequest: writeSaslHandshakeRequest,
  readResponse: readSaslHandshakeResponse,
  writeResponse: writeSaslHandshakeResponse,
};
