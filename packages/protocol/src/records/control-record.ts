import { MalformedBytesError } from "@ottla/base";
import { RecordBatchBuilder } from "./record-batch-builder.ts";
import type { RecordCursor } from "./record-cursor.ts";

const ABORT = 0;
const COMMIT = 1;
const KEY_BYTES = 4;
const VALUE_BYTES = 6;
const VERSION = 0;

/** The end of a transaction in one partition, as its coordinator had the leader write it. */
export interface EndTransactionMarker {
  readonly outcome: "abort" | "commit";
  readonly coordinatorEpoch: number;
}

/** Where a marker's batch goes and whose transaction it ends. */
export interface MarkerPlace {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  readonly timestampMs: number;
}

/**
 * A control batch of one record that ends a transaction: transactional and control bits set, no sequence.
 * Key: version (int16, 0), type (int16: 0 abort, 1 commit). Value: version (int16, 0), coordinator epoch (int32).
 * Source: KIP-98.
 */
export function encodeEndTransactionMarker(marker: EndTransactionMarker, place: MarkerPlace): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeInt16BE(VERSION, 0);
  key.writeInt16BE(marker.outcome === "commit" ? COMMIT : ABORT, 2);
  const value = Buffer.alloc(VALUE_BYTES);
  value.writeInt16BE(VERSION, 0);
  value.writeInt32BE(marker.coordinatorEpoch, 2);
  const builder = new RecordBatchBuilder({
    baseOffset: place.baseOffset,
    partitionLeaderEpoch: place.partitionLeaderEpoch,
    isTransactional: true,
    isControl: true,
  });
  builder.setProducerState(place.producerId, place.producerEpoch, -1);
  builder.append(key, value, [], place.timestampMs);
  return builder.close();
}

/**
 * Reads the marker the cursor stands on, in a control batch. Null for a control record of another type (the metadata
 * quorum has some), which readers pass over. Later versions may only add fields, so they are read too.
 */
export function decodeEndTransactionMarker(cursor: RecordCursor): EndTransactionMarker | null {
  const { bytes, keyStart, keyLength, valueStart, valueLength } = cursor;
  if (keyLength < KEY_BYTES) throw new MalformedBytesError(`A control record has a key of ${keyLength} bytes in place of ${KEY_BYTES}.`);
  if (bytes.readInt16BE(keyStart) < 0) throw new MalformedBytesError("A control record has a negative key version.");
  const type = bytes.readInt16BE(keyStart + 2);
  if (type !== ABORT && type !== COMMIT) return null;
  if (valueLength < VALUE_BYTES)
    throw new MalformedBytesError(`A transaction marker has a value of ${valueLength} bytes in place of ${VALUE_BYTES}.`);
  if (bytes.readInt16BE(valueStart) < 0) throw new MalformedBytesError("A transaction marker has a negative version.");
  return { outcome: type === COMMIT ? "commit" : "abort", coordinatorEpoch: bytes.readInt32BE(valueStart + 2) };
}
