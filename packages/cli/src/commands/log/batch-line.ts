import {
  baseOffset,
  baseSequence,
  codecNameOf,
  compressionOf,
  crc,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordCount,
  sizeInBytes,
  timestampType,
} from "@ottla/protocol/records";
import type { BatchLine } from "./dump-lines.ts";

/** What the header of a sound batch says. */
export function batchLine(batch: Buffer, position: number): BatchLine {
  return {
    type: "batch",
    baseOffset: baseOffset(batch, 0),
    lastOffset: lastOffset(batch, 0),
    count: recordCount(batch, 0),
    position,
    bytes: sizeInBytes(batch, 0),
    codec: codecNameOf(compressionOf(batch, 0)) ?? `codec ${compressionOf(batch, 0)}`,
    timestampType: timestampType(batch, 0),
    maxTimestamp: maxTimestamp(batch, 0),
    leaderEpoch: partitionLeaderEpoch(batch, 0),
    producerId: producerId(batch, 0),
    producerEpoch: producerEpoch(batch, 0),
    baseSequence: baseSequence(batch, 0),
    lastSequence: lastSequence(batch, 0),
    isTransactional: isTransactional(batch, 0),
    isControl: isControl(batch, 0),
    crc: crc(batch, 0),
  };
}
