// Generated from packages/protocol/spec/data/end-txn-marker.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";

export interface EndTxnMarker {
  readonly coordinatorEpoch: number;
}

export function makeEndTxnMarker(init: Partial<EndTxnMarker> = {}): EndTxnMarker {
  return {
    coordinatorEpoch: init.coordinatorEpoch ?? 0,
  };
}

function readEndTxnMarker(reader: ByteReader, _version: number): EndTxnMarker {
  const coordinatorEpoch = reader.int32();
  return { coordinatorEpoch };
}

function writeEndTxnMarker(writer: ByteWriter, message: EndTxnMarker, _version: number): void {
  writer.int32(message.coordinatorEpoch);
}

/** EndTxnMarker: versions 0. */
export const endTxnMarker: DataMessage<EndTxnMarker> = {
  name: "EndTxnMarker",
  recordType: undefined,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readEndTxnMarker,
  write: writeEndTxnMarker,
};
