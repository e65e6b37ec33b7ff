import type { Mutant } from "./mutant.ts";

const store = ["log/src/store/log-store.test"];
const loading = ["log/src/loading"];
const flushes = ["log/src/partition/flush.test"];
const replacement = ["log/src/segment/segment-replacement"];
const transactions = ["log/src/partition/transactions"];

/** Faults in the log: loading after a crash, syncs, replacement of segments, checkpoints, bounds. */
export const logMutants: readonly Mutant[] = [
  {
    rule: "the folder of a deleted topic has a name that the file system takes",
    file: "packages/log/src/store/partition-directory.ts",
    find: "return topic.slice(0, FILE_NAME_MAX - end.length) + end;",
    replace: "return topic + end;",
    tests: store,
  },
  {
    rule: "behind lost records a partition goes on, and their offsets are not used again",
    file: "packages/log/src/loading/load-partition.ts",
    find: "const end = found.logEndOffset < request.recoveryPoint ? startBehindLoss(env, request, found) : found;",
    replace: "const end = found; void startBehindLoss;",
    tests: loading,
  },
  {
    rule: "wrong bytes below the recovery point are told, not cut like missing ones",
    file: "packages/log/src/loading/segment-recovery.ts",
    find: "&& !(isLast && end.isCutShort)) {",
    replace: "&& !isLast) {",
    tests: loading,
  },
  {
    rule: "segments behind a hole are set aside",
    file: "packages/log/src/loading/segment-recovery.ts",
    find: "  for (const lost of later) lost.setAside();\n",
    replace: "",
    tests: loading,
  },
  {
    rule: "what is recovered is synced before it counts as durable",
    file: "packages/log/src/loading/load-partition.ts",
    find: "    if (segment.sizeBytes > 0) await segment.sync();\n",
    replace: "",
    tests: loading,
  },
  {
    rule: "a checkpoint of another topic of the same name does not count",
    file: "packages/log/src/store/checkpoints.ts",
    find: "return entry.topicId === undefined || topicId === undefined || entry.topicId === topicId ? entry.offset : 0;",
    replace: "return entry.offset;",
    tests: loading,
  },
  {
    rule: "a partition whose directory is missing begins behind what it had",
    file: "packages/log/src/store/checkpoints.ts",
    find: "return entry?.topicId === topicId ? entry.offset : 0;",
    replace: "return 0;",
    tests: loading,
  },
  {
    rule: "the mark of a clean end serves once",
    file: "packages/log/src/store/checkpoints.ts",
    find: "    disk.remove(path);\n",
    replace: "",
    tests: ["log/src/store", "log/src/loading"],
  },
  {
    rule: "a failed sync is told to who waits",
    file: "packages/log/src/partition/log-flusher.ts",
    find: "      this.fail(error);\n      return;\n",
    replace: "      void error;\n",
    tests: flushes,
  },
  {
    rule: "a closed log tells who waits for a sync",
    file: "packages/log/src/partition/log-flusher.ts",
    find: "for (const waiter of waiters) waiter.reject(this.#failure);",
    replace: "",
    tests: flushes,
  },
  {
    rule: "a failed sync of a directory is done again",
    file: "packages/log/src/shared/directory-syncs.ts",
    find: "        this.#changed.add(directory);\n",
    replace: "",
    tests: ["log/src/shared/directory-syncs"],
  },
  {
    rule: "a read whose segment was replaced looks again",
    file: "packages/log/src/partition/log-reader.ts",
    find: "if (attempt < LOOKS_MAX) return",
    replace: "if (attempt < 0) return",
    tests: replacement,
  },
  {
    rule: "a read whose segment was merged goes on in the merged one",
    file: "packages/log/src/partition/log-reader.ts",
    find: "at = segment.isRetired ? this.#segments.floorIndex(offset) : this",
    replace: "at = this",
    tests: replacement,
  },
  {
    rule: "a new segment is synced before it takes the place of others",
    file: "packages/log/src/segment/segment-replacement.ts",
    find: "      await handle.sync();\n",
    replace: "",
    tests: replacement,
  },
  {
    rule: "the index of aborted transactions of a new segment is synced",
    file: "packages/log/src/segment/segment-replacement.ts",
    find: "        await file.sync();\n",
    replace: "",
    tests: replacement,
  },
  {
    rule: "a half-done swap takes away the replaced segments only",
    file: "packages/log/src/loading/complete-swaps.ts",
    find: "if (old < base || old >= end) continue;",
    replace: "if (old < base || old > end) continue;",
    tests: ["log/src/segment/segment-replacement", "log/src/loading"],
  },
  {
    rule: "nothing above the last stable offset is replaced",
    file: "packages/log/src/partition/log-replacement.ts",
    find: " || behind.baseOffset > log.lastStableOffset || ",
    replace: " || ",
    tests: replacement,
  },
  {
    rule: "an old coordinator's marker is refused",
    file: "packages/log/src/producers/producer-table.ts",
    find: "    known.coordinatorEpoch = marker.coordinatorEpoch;\n",
    replace: "",
    tests: transactions,
  },
  {
    rule: "an entry of the transaction index is synced with its segment",
    file: "packages/log/src/segment/transaction-index.ts",
    find: "    this.#isUnsynced = true;\n    (this.#file",
    replace: "    (this.#file",
    tests: ["log/src/partition/transactions", "log/src/partition/flush"],
  },
  {
    rule: "some space is kept free for metadata",
    file: "packages/log/src/shared/space-guard.ts",
    find: "space.usableBytes - KEPT_FREE_BYTES;",
    replace: "space.usableBytes;",
    tests: ["log/src/partition/disk-full", "log/src/store/full-disk"],
  },
  {
    rule: "a full disk gives up its reserve",
    file: "packages/log/src/store/space-reserve.ts",
    find: "      disk.remove(path);\n",
    replace: "",
    tests: ["log/src/store/full-disk"],
  },
  {
    rule: "what is read ahead is bounded",
    file: "packages/log/src/shared/read-ahead.ts",
    find: "if (this.#pieces.size < this.#piecesMax) return true;",
    replace: "if (this.#pieces.size < 1e6) return true;",
    tests: ["log/src/shared/read-ahead", "log/src/partition/read-ahead"],
  },
  {
    rule: "what is read ahead and not taken is dropped",
    file: "packages/log/src/shared/read-ahead.ts",
    find: "if (piece.sinceMs <= untilMs) this.drop(piece);",
    replace: "if (piece.sinceMs < 0) this.drop(piece);",
    tests: ["log/src/shared/read-ahead", "log/src/partition/read-ahead"],
  },
  {
    rule: "retention keeps what is above the high watermark",
    file: "packages/log/src/partition/retention-rules.ts",
    find: "  if (nextOffset > log.highWatermark) return undefined;\n",
    replace: "",
    tests: ["log/src/partition/retention"],
  },
];
