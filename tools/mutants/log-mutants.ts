import type { Mutant } from "./mutant.ts";

const flushes = ["log/src/partition/flush.test"];
const unread = ["log/src/partition/read-unread"];
const replacement = ["log/src/segment/segment-replacement"];
const cleaning = ["log/src/cleaner"];
const transactions = ["log/src/partition/transactions"];

/** Faults in one partition's log: syncs, reads, retention, indexes, bounds. */
export const logMutants: readonly Mutant[] = [
  {
    rule: "a range ends below the offset that may be read",
    file: "packages/log/src/segment/segment-indexes.ts",
    find: "Math.min(offsets.floorPosition(position), offsets.floor(maxOffset - this.baseOffset))",
    replace: "offsets.floorPosition(position)",
    tests: unread,
  },
  {
    rule: "the file of a range stays open until it is sent",
    file: "packages/log/src/partition/stored-range.ts",
    find: "this.#file = place.segment.file.pin();",
    replace: "this.#file = place.segment.file.handle();",
    tests: unread,
  },
  {
    rule: "a range is not sent on where there is no batch",
    file: "packages/log/src/partition/stored-range.ts",
    find: "if (length - at < HEADER_BYTES || !looksLikeBatch(bytes, at, least)) throw",
    replace: "if (length - at < HEADER_BYTES) throw",
    tests: unread,
  },
  {
    rule: "after a failure a segment is not sent unread any more",
    file: "packages/log/src/partition/stored-range.ts",
    find: "    this.#segment.recent.forget();\n",
    replace: "",
    tests: unread,
  },
  {
    rule: "what was not written lately is not read on the loop",
    file: "packages/log/src/shared/recent-writes.ts",
    find: "return this.#writtenBytes - writtenBytes < this.#keptBytes;",
    replace: "return this.#keptBytes > 0;",
    tests: ["log/src/shared/recent-writes"],
  },
  {
    rule: "a read that waits for the device stops all guessing",
    file: "packages/log/src/shared/recent-writes.ts",
    find: "(this.#hasReadDevice() || tookMs > TOO_SLOW_READ_MS)",
    replace: "tookMs > TOO_SLOW_READ_MS",
    tests: ["log/src/shared/recent-writes"],
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
    find: "for (const waiter of waiters) waiter.reject(this.#refusal());",
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
  {
    rule: "buffers that are not kept are free when they are given back",
    file: "packages/log/src/shared/buffer-pool.ts",
    find: "    else freeNow(buffer);\n",
    replace: "",
    tests: ["log/src/shared/buffer-pool"],
  },
  {
    rule: "where a failed append was cut off the segment is synced again before what is behind it counts as durable",
    file: "packages/log/src/partition/log-flusher.ts",
    find: "first > 0 && all[first - 1]!.hasUnsyncedCut ? first - 1 : first",
    replace: "first",
    tests: ["log/src/partition/disk-full"],
  },
  {
    rule: "a transaction index whose log was not swapped is removed at the start",
    file: "packages/log/src/segment/segment-files.ts",
    find: "|\\d{20}\\.\\d{20}\\.txnindex\\.swap)$/",
    replace: ")$/",
    tests: cleaning,
  },
  {
    rule: "a segment that compaction has emptied does not hold retention up",
    file: "packages/log/src/partition/segment-ages.ts",
    find: "sizeBytes === 0 ? -Infinity : ",
    replace: "",
    tests: cleaning,
  },
  {
    rule: "the next process knows of a sync that failed in a stop",
    file: "packages/log/src/partition/partition-log.ts",
    find: "    this.#listener.failed(this, error);\n    if (this.#state.refusal !== undefined) return;\n",
    replace: "    if (this.#state.refusal !== undefined) return;\n    this.#listener.failed(this, error);\n",
    tests: ["failed-sync"],
  },
  {
    rule: "a log that has records says soon whose they are",
    file: "packages/log/src/partition/partition-log.ts",
    find: "this.#flusher.requestTopicId();",
    replace: "void 0;",
    tests: ["failed-sync"],
  },
  {
    rule: "a closed segment ends where its records do",
    file: "packages/log/src/partition/segment-writer.ts",
    find: "    if (last.sizeBytes > 0) last.dropTornTail();\n",
    replace: "",
    tests: ["log/src/partition/disk-full"],
  },
];
