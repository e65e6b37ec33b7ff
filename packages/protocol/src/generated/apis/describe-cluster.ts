// Generated from packages/protocol/spec/apis/60-describe-cluster.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeClusterRequest {
  readonly includeClusterAuthorizedOperations: boolean;
  /** Versions 1+. */
  readonly endpointType: number;
  /** Versions 2+. */
  readonly includeFencedBrokers: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeClusterRequest(init: Partial<DescribeClusterRequest> = {}): DescribeClusterRequest {
  return {
    includeClusterAuthorizedOperations: init.includeClusterAuthorizedOperations ?? false,
    endpointType: init.endpointType ?? 1,
    includeFencedBrokers: init.includeFencedBrokers ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeClusterRequest(reader: ByteReader, version: number): DescribeClusterRequest {
  const includeClusterAuthorizedOperations = reader.bool();
  const endpointType = version >= 1 ? reader.int8() : 1;
  const includeFencedBrokers = version >= 2 ? reader.bool() : false;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers, unknownTaggedFields };
}

function writeDescribeClusterRequest(writer: ByteWriter, message: DescribeClusterRequest, version: number): void {
  writer.bool(message.includeClusterAuthorizedOperations);
  if (version >= 1) writer.int8(message.endpointType);
  else if (message.endpointType !== 1) throw unsupportedField("DescribeClusterRequest.endpointType", version);
  if (version >= 2) writer.bool(message.includeFencedBrokers);
  else if (message.includeFencedBrokers !== false) throw unsupportedField("DescribeClusterRequest.includeFencedBrokers", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeClusterResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  /** Versions 1+. */
  readonly endpointType: number;
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly DescribeClusterBroker[];
  readonly clusterAuthorizedOperations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeClusterBroker {
  readonly brokerId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  /** Versions 2+. */
  readonly isFenced: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeClusterResponse(init: Partial<DescribeClusterResponse> = {}): DescribeClusterResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    endpointType: init.endpointType ?? 1,
    clusterId: init.clusterId ?? "",
    controllerId: init.controllerId ?? -1,
    brokers: init.brokers ?? [],
    clusterAuthorizedOperations: init.clusterAuthorizedOperations ?? -2147483648,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeClusterBroker(init: Partial<DescribeClusterBroker> = {}): DescribeClusterBroker {
  return {
    brokerId: init.brokerId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    rack: init.rack ?? null,
    isFenced: init.isFenced ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeClusterBroker(reader: ByteReader, version: number): DescribeClusterBroker {
  const brokerId = reader.int32();
  const host = readCompactString(reader);
  const port = reader.int32();
  const rack = readNullableCompactString(reader);
  const isFenced = version >= 2 ? reader.bool() : false;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { brokerId, host, port, rack, isFenced, unknownTaggedFields };
}

function writeDescribeClusterBroker(writer: ByteWriter, message: DescribeClusterBroker, version: number): void {
  writer.int32(message.brokerId);
  writeCompactString(writer, message.host);
  writer.int32(message.port);
  writeNullableCompactString(writer, message.rack);
  if (version >= 2) writer.bool(message.isFenced);
  else if (message.isFenced !== false) throw unsupportedField("DescribeClusterBroker.isFenced", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeClusterResponse(reader: ByteReader, version: number): DescribeClusterResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const endpointType = version >= 1 ? reader.int8() : 1;
  const clusterId = readCompactString(reader);
  const controllerId = reader.int32();
  const brokers: DescribeClusterBroker[] = [];
  for (let left = readCompactArrayLength(reader, 11); left > 0; left--) brokers.push(readDescribeClusterBroker(reader, version));
  const clusterAuthorizedOperations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, endpointType, clusterId, controllerId, brokers, clusterAuthorizedOperations, unknownTaggedFields };
}

function writeDescribeClusterResponse(writer: ByteWriter, message: DescribeClusterResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 1) writer.int8(message.endpointType);
  else if (message.endpointType !== 1) throw unsupportedField("DescribeClusterResponse.endpointType", version);
  writeCompactString(writer, message.clusterId);
  writer.int32(message.controllerId);
  writeCompactArrayLength(writer, message.brokers);
  for (const element of message.brokers) writeDescribeClusterBroker(writer, element, version);
  writer.int32(message.clusterAuthorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeClusterResponseInSteps(writer: ByteWriter, message: DescribeClusterResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 1) writer.int8(message.endpointType);
  else if (message.endpointType !== 1) throw unsupportedField("DescribeClusterResponse.endpointType", version);
  writeCompactString(writer, message.clusterId);
  writer.int32(message.controllerId);
  writeCompactArrayLength(writer, message.brokers);
  for (const element of message.brokers) {
    writeDescribeClusterBroker(writer, element, version);
    yield;
  }
  writer.int32(message.clusterAuthorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeCluster: key 60, versions 0-2. */
export const describeClusterApi: Api<DescribeClusterRequest, DescribeClusterResponse> = {
  key: 60,
  name: "DescribeCluster",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 0,
  readRequest: readDescribeClusterRequest,
  writeRequest: writeDescribeClusterRequest,
  readResponse: readDescribeClusterResponse,
  writeResponse: writeDescribeClusterResponse,
  writeResponseInSteps: writeDescribeClusterResponseInSteps,
};
