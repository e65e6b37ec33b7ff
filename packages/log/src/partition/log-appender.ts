import { DiskError, invariant } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  isControl,
  lastOffsetDelta,
  NO_PRODUCER_ID,
  producerId,
  setBaseOffset,
  setLogAppendTime,
  setPartitionLeaderEpoch,
} from "@ottla/protocol/records";
import { answerWithoutAppend, refuseMarker } from "../producers/producer-answer.ts";
import type { EndedTransaction } from "../producers/producer-table.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { FlushPolicy } from "./flush-policy.ts";
import type { LogFlusher } from "./log-flusher.ts";
import type { AppendOptions, AppendOutcome, LogRefusal } from "./log-outcomes.ts";
import type { LogState } from "./log-state.ts";
import { refusal, refusalOf } from "./refusal.ts";
import type { SegmentWriter } from "./segment-writer.ts";

/** Judges, stamps and writes a batch, and keeps what follows from it: producers, epochs, ended transactions, the tail in memory. */
export class LogAppender {
  readonly #log: LogState;
  readonly #env: LogEnvironment;
  readonly #writer: SegmentWriter;
  readonly #flusher: LogFlusher;
  readonly #policy: FlushPolicy;
  /** The last append was refused by the disk: told once. */
  #isDiskRefusing = false;

  constructor(log: LogState, env: LogEnvironment, disk: { writer: SegmentWriter; flusher: LogFlusher; policy: FlushPolicy }) {
    this.#log = log;
    this.#env = env;
    this.#writer = disk.writer;
    this.#flusher = disk.flusher;
    this.#policy = disk.policy;
  }

  append(batch: Buffer, options: AppendOptions): AppendOutcome {
    const log = this.#log;
    const { config } = log;
    const refused = log.refusal ?? this.#judgeSize(batch) ?? this.#judgeProducer(batch, options);
    if (refused !== undefined) return refused;
    const nowMs = this.#env.clock.nowMs();
    const isStamped = config.messageTimestampType === "LogAppendTime";
    const baseOffset = log.logEndOffset;
    const lastOffset = baseOffset + lastOffsetDelta(batch, 0);
    setBaseOffset(batch, 0, baseOffset);
    setPartitionLeaderEpoch(batch, 0, options.leaderEpoch);
    if (isStamped) setLogAppendTime(batch, 0, nowMs);
    try {
      this.#env.space.admit(batch.length);
      this.#writer.write(batch, baseOffset, lastOffset, config, nowMs);
    } catch (error) {
      return this.#onError(error);
    }
    log.logEndOffset = lastOffset + 1;
    this.#isDiskRefusing = false;
    if (options.leaderEpoch > log.epochs.latestEpoch && log.epochs.assign(options.leaderEpoch, baseOffset)) this.#writer.epochsChanged();
    const ended = log.producers.apply(batch, 0);
    if (ended !== undefined) this.#noteEnded(ended);
    (log.tail ??= this.#env.tails.partition()).add(baseOffset, lastOffset, batch);
    this.#policy.appended();
    if (ended !== undefined) log.unsettled.add(ended, log.highWatermark);
    return { kind: "appended", baseOffset, lastOffset, logAppendTimeMs: isStamped ? nowMs : -1 };
  }

  #judgeSize(batch: Buffer): LogRefusal | undefined {
    const { segmentBytes } = this.#log.config;
    if (batch.length <= segmentBytes) return undefined;
    return refusal(
      ErrorCode.RECORD_LIST_TOO_LARGE,
      `The batch of ${batch.length} bytes is larger than a segment of ${this.#log.name} may be (segment.bytes = ${segmentBytes}).`,
    );
  }

  #judgeProducer(batch: Buffer, { origin, guard, transactionVersion = 0 }: AppendOptions): AppendOutcome | undefined {
    if (producerId(batch, 0) <= NO_PRODUCER_ID) return undefined;
    const { producers, name, config } = this.#log;
    if (origin !== "marker") {
      const verdict = producers.judge(batch, 0, { origin, guard, verifies: config.verifiesTransactions });
      return verdict.kind === "accept" ? undefined : answerWithoutAppend(verdict, name);
    }
    invariant(isControl(batch, 0), "a transaction marker is a control batch");
    const verdict = producers.judgeMarker(batch, 0, transactionVersion);
    return verdict.kind === "accept" ? undefined : refuseMarker(verdict, name);
  }

  /** An abort whose entry cannot be written would be read as committed: the log takes no more until recovery has made the index anew. */
  #noteEnded(ended: EndedTransaction): void {
    if (ended.outcome !== "abort") return;
    const { producerId, firstOffset, lastOffset, lastStableOffset } = ended;
    try {
      this.#log.segments.active.transactions.append({ producerId, firstOffset, lastOffset, lastStableOffset });
      this.#flusher.noteDirectoryChange();
    } catch (error) {
      this.#flusher.fail(error);
    }
  }

  #onError(error: unknown): LogRefusal {
    const outcome = refusalOf(error);
    if (!this.#isDiskRefusing) {
      this.#isDiskRefusing = true;
      const { topic, partition } = this.#log;
      this.#env.logger.error("the disk refuses records", { topic, partition, error });
    }
    // After an I/O error nothing tells what is in the file: only opening the log again does.
    if (error instanceof DiskError && error.code === "DISK_IO") this.#flusher.fail(error);
    return outcome;
  }
}
