export { crc32c, crc32cImplementation, crc32cOfChunks } from "../crc32c.ts";
export { CODEC_NAMES, type Codec, type CodecName } from "../compression/codec.ts";
export { codecById, codecIdOf, codecNameOf } from "../compression/codecs.ts";
export { xxHash32 } from "../compression/xxhash32.ts";
export {
  attributes,
  BATCH_MAGIC,
  BATCH_OVERHEAD_BYTES,
  baseOffset,
  baseSequence,
  baseTimestamp,
  batchLength,
  compressionOf,
  computeCrc,
  crc,
  deleteHorizon,
  isControl,
  isTransactional,
  LOG_OVERHEAD_BYTES,
  lastOffset,
  lastOffsetDelta,
  lastSequence,
  magic,
  maxTimestamp,
  NO_PARTITION_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordCount,
  setBaseOffset,
  setLogAppendTime,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
  setProducerState,
  sizeInBytes,
  type TimestampType,
  timestampType,
  updateCrc,
} from "./batch-header.ts";
export { announcedBatchSize, batchViews, countBatches, firstBatch, isWholeBatch, nextBatch, wholeBatchesEnd } from "./batches.ts";
export { decodeEndTransactionMarker, type EndTransactionMarker, encodeEndTransactionMarker, type MarkerPlace } from "./control-record.ts";
export { decompressRecords, RECORDS_BYTES_MAX, unpackRecordsInPieces } from "./decompress-records.ts";
export { murmur2, partitionOfKey } from "./murmur2.ts";
export type { KafkaRecord, RecordHeader } from "./record.ts";
export { type HeaderInput, RecordBatchBuilder, type RecordBatchBuilderOptions } from "./record-batch-builder.ts";
export { recompressBatch } from "./recompress.ts";
export { firstRecordSince, mayHoldRecordSince, recordWithMaxTimestamp, type TimestampAndOffset } from "./timestamp-search.ts";
export { RecordCursor, readRecords } from "./record-cursor.ts";
export { emptyBatch, RecordSelection } from "./record-selection.ts";
export { type BatchFault, RECORD_FAULTS_MAX, type RecordFault } from "./batch-fault.ts";
export { checkBatchBytes, checkProducedHeader, checkRequestRecords } from "./check-batch.ts";
export { type ProducedRecords, type ProducedRecordsRules, readProducedRecords, readProducedRecordsInPieces } from "./produced-records.ts";
export { MARK_BYTES_MAX, type MarkPlace, type MarkRule, type RecordMarks } from "./record-marks.ts";
export type { RecordRules } from "./record-check.ts";
