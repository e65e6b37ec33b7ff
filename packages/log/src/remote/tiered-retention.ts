import type { Logger } from "@ottla/base";
import type { DeleteRecordsOutcome } from "../partition/log-outcomes.ts";
import type { LogConfig } from "../partition/log-config.ts";
import { learnSegmentAges } from "../partition/segment-ages.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { RemoteTier, TieredLog } from "./remote-tier.ts";

/** What retention does to a log with a remote part. */
export interface ExpiringLog extends TieredLog {
  readonly sizeBytes: number;
  readonly segments: SegmentList;
  deleteRecordsBefore(offset: number): Promise<DeleteRecordsOutcome>;
}

/** What only the log itself may do. */
export interface TieredRetentionSteps {
  /** Neither closed nor failed. */
  isOpen(): boolean;
  /** Resolves when a restart finds the log start where it is. Errors: disk errors. */
  keepLogStart(): Promise<void>;
  /** Removes local segments that `rules` let go, none that reaches `belowOffset`. Returns how many. Errors: disk errors. */
  removeLocal(rules: LogConfig, belowOffset: number): number;
}

/**
 * One round: local segments go by `local.retention.*`, as far as the store is known to have them; remote ones by `retention.*`, which counts both parts. Returns how many
 * local segments went. A store that cannot be asked lets go nothing more than it was known to have. Errors: disk errors; `LOG_CORRUPT`.
 */
export async function expireTiered(
  log: ExpiringLog,
  tier: RemoteTier,
  steps: TieredRetentionSteps,
  config: LogConfig,
  env: { readonly logger: Logger; readonly nowMs: number },
): Promise<number> {
  await askAgain(log, tier, env.logger);
  const rules = localRules(config);
  await learnSegmentAges(log.segments, rules, env.nowMs);
  if (!steps.isOpen()) return 0;
  // Until now the start followed from the first local segment.
  if (log.logStartOffset > 0 && log.logStartOffset === log.localLogStartOffset) await steps.keepLogStart();
  if (!steps.isOpen()) return 0;
  const belowOffset = tier.known?.coveredTo(log.localLogStartOffset) ?? 0;
  const removed = steps.removeLocal(rules, belowOffset);
  const start = retainedStart(log, tier, config, env.nowMs);
  if (start > log.logStartOffset) await log.deleteRecordsBefore(start);
  if (tier.known !== undefined) tier.trim();
  return removed;
}

/** `local.retention.ms` and `.bytes` in the place of `retention.*`; −2 takes the latter. */
function localRules(config: LogConfig): LogConfig {
  const { localRetentionMs = -2, localRetentionBytes = -2 } = config.tiering ?? {};
  return {
    ...config,
    retentionMs: localRetentionMs === -2 ? config.retentionMs : localRetentionMs,
    retentionBytes: localRetentionBytes === -2 ? config.retentionBytes : localRetentionBytes,
  };
}

async function askAgain(log: ExpiringLog, tier: RemoteTier, logger: Logger): Promise<void> {
  if (tier.storage.calls.isSlow) return;
  try {
    await tier.refresh();
  } catch (error) {
    logger.warn("the remote store does not tell its segments; none more are let go here until it does", {
      topic: log.topic,
      partition: log.partition,
      error,
    });
  }
}

/** The first offset behind the remote segments that time or size let go. */
function retainedStart(log: ExpiringLog, tier: RemoteTier, config: LogConfig, nowMs: number): number {
  let start = log.logStartOffset;
  if (!config.deletes) return start;
  let sizeBytes = tier.sizeBytes + log.sizeBytes;
  for (const segment of tier.known?.between(start, log.localLogStartOffset) ?? []) {
    const isOld = config.retentionMs >= 0 && segment.maxTimestampMs >= 0 && nowMs - segment.maxTimestampMs > config.retentionMs;
    const isTooMuch = config.retentionBytes >= 0 && sizeBytes - segment.sizeBytes >= config.retentionBytes;
    if (!isOld && !isTooMuch) break;
    sizeBytes -= segment.sizeBytes;
    start = Math.min(segment.endOffset + 1, log.localLogStartOffset, log.highWatermark);
  }
  return start;
}
