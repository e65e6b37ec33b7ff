import { ErrorCode } from "@ottla/protocol";
import type { RemoteTier } from "../remote/remote-tier.ts";
import { type ExpiringLog, expireTiered } from "../remote/tiered-retention.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LogConfig } from "./log-config.ts";
import type { LogFlusher } from "./log-flusher.ts";
import type { DeleteRecordsOutcome } from "./log-outcomes.ts";
import type { LogState } from "./log-state.ts";
import { refusal, refusalOf } from "./refusal.ts";
import { decideRetention } from "./retention-rules.ts";
import { learnSegmentAges, retainedSegments } from "./segment-ages.ts";
import type { SegmentWriter } from "./segment-writer.ts";

/** What a trimmer works with, besides the log's state. */
export interface TrimmerDeps {
  readonly env: LogEnvironment;
  readonly writer: SegmentWriter;
  readonly flusher: LogFlusher;
  /** Undefined where the process has no remote store. */
  readonly remote: RemoteTier | undefined;
  /** Resolves when a restart finds the log start where it is. Errors: disk errors. */
  keepLogStart(): Promise<void>;
}

/** Takes records away at the front of a log: DeleteRecords, and retention by time and size. */
export class LogTrimmer {
  readonly #state: LogState;
  readonly #log: ExpiringLog;
  readonly #deps: TrimmerDeps;
  /** A restart finds the log start where it is. */
  #isLogStartKept = true;

  constructor(state: LogState, log: ExpiringLog, deps: TrimmerDeps) {
    this.#state = state;
    this.#log = log;
    this.#deps = deps;
  }

  async deleteRecordsBefore(offset: number): Promise<DeleteRecordsOutcome> {
    const { highWatermark, name } = this.#state;
    const target = offset === -1 ? highWatermark : offset;
    if (target < 0 || target > highWatermark) {
      return refusal(
        ErrorCode.OFFSET_OUT_OF_RANGE,
        `Records before offset ${target} of ${name} cannot be deleted: its high watermark is ${highWatermark}.`,
      );
    }
    if (target > this.#state.logStartOffset) {
      this.#moveLogStart(target);
      this.#isLogStartKept = false;
    }
    if (!this.#isLogStartKept) {
      try {
        await this.#deps.keepLogStart();
        this.#isLogStartKept = true;
        this.#removeSegments({ ...this.#state.config, deletes: false });
        if (this.#state.config.tiering !== undefined) this.#deps.remote?.trim();
      } catch (error) {
        return refusalOf(error);
      }
    }
    return { kind: "deleted", logStartOffset: this.#state.logStartOffset };
  }

  /** Removes the oldest segments that time, size or the log start let go. Returns how many. Errors: disk errors; `LOG_CORRUPT`. */
  async deleteExpiredSegments(nowMs: number): Promise<number> {
    const { remote } = this.#deps;
    if (remote !== undefined && this.#state.config.tiering !== undefined) return this.#expireTiered(remote, nowMs);
    await learnSegmentAges(this.#state.segments, this.#state.config, nowMs);
    return this.#state.refusal === undefined ? this.#removeSegments(this.#state.config) : 0;
  }

  #expireTiered(remote: RemoteTier, nowMs: number): Promise<number> {
    const steps = {
      isOpen: () => this.#state.refusal === undefined,
      keepLogStart: () => this.#deps.keepLogStart(),
      removeLocal: (rules: LogConfig, belowOffset: number) => this.#removeSegments(rules, belowOffset),
    };
    return expireTiered(this.#log, remote, steps, this.#state.config, { logger: this.#deps.env.logger, nowMs });
  }

  /** Removes what retention lets go now, behind the log start only what ends below `belowOffset`. Errors: disk errors; then some of it is still there. */
  #removeSegments(config: LogConfig, belowOffset = Infinity): number {
    const { segments, logStartOffset, logEndOffset } = this.#state;
    const { env, writer, flusher } = this.#deps;
    const highWatermark = Math.min(this.#state.highWatermark, Math.max(belowOffset, logStartOffset));
    const decision = decideRetention(
      { sizeBytes: segments.sizeBytes, logStartOffset, highWatermark, logEndOffset },
      retainedSegments(segments),
      config,
      env.clock.nowMs(),
    );
    if (decision.count === 0) return 0;
    if (decision.count === segments.length) writer.roll(logEndOffset, env.clock.nowMs());
    writer.removeOldest(decision.count, config);
    const { baseOffset } = segments.first;
    // What is let go here with remote storage goes on being read from there.
    if (config.tiering !== undefined) flusher.skipTo(baseOffset);
    else if (baseOffset > logStartOffset) this.#moveLogStart(baseOffset);
    env.logger.info("old segments removed", {
      topic: this.#state.topic,
      partition: this.#state.partition,
      count: decision.count,
      reason: decision.reason,
      logStartOffset: this.#state.logStartOffset,
    });
    return decision.count;
  }

  #moveLogStart(offset: number): void {
    this.#state.logStartOffset = offset;
    this.#deps.flusher.skipTo(this.#state.segments.first.baseOffset);
    if (this.#state.epochs.truncateBefore(offset)) this.#deps.writer.epochsChanged();
    this.#state.onMoved?.();
  }
}
