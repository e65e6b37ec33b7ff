import type { ConsumerHealth } from "../../consumer/run/run-types.ts";
import type { ShareRecord } from "../share-record-types.ts";

/** What a handler knows beside its record. */
export interface ShareRecordContext {
  /** Aborted when the result does not count any more: the lock was lost, or the time for finishing ran out. The group delivers the record again. */
  readonly signal: AbortSignal;
  /** 1 for the first try since it was delivered; `record.deliveryCount` counts deliveries. */
  readonly attempt: number;
}

/** What to do with a record whose handler failed. */
export type ShareFailureDecision = "retry" | "release" | "reject" | "accept";

/** What happens to a record whose handler throws or rejects: it is tried again in place, then given back to the group, which delivers it again, to whomever. */
export interface ShareErrorStrategy {
  /** Tries in place, the first included, while the lock is kept. Default 1. */
  readonly attempts?: number | undefined;
  /** Pause before another try, or before the record is given back; it doubles with each try or delivery, with 20 % of chance. Defaults 200 and 10,000. */
  readonly backoffMs?: number | undefined;
  readonly backoffMaxMs?: number | undefined;
  /** Rejected rather than given back when it was delivered so often. Left out: the group's `share.delivery.count.limit` decides. */
  readonly rejectAfter?: number | undefined;
  /** Asked at each failure; undefined goes on as configured. So what no other try can mend is rejected at once. */
  readonly decide?: ((error: unknown, record: ShareRecord, attempt: number) => ShareFailureDecision | undefined) | undefined;
}

export interface ShareRunOptions {
  /** Called for each record. A record that it acknowledges itself stays as it said. */
  readonly eachRecord: (record: ShareRecord, context: ShareRecordContext) => unknown;
  /** Handlers at work at the same time. Default 1. */
  readonly concurrency?: number | undefined;
  readonly onError?: ShareErrorStrategy | undefined;
  /** How long a close by signal waits for what is in hand. Default 30,000. */
  readonly drainTimeoutMs?: number | undefined;
  /** A handler that works on one record for longer than this is taken for stuck: {@link ShareHealth} says so. Default 300,000. */
  readonly stuckAfterMs?: number | undefined;
  /** Close the consumer on these signals. `true`: SIGTERM and SIGINT. */
  readonly handleSignals?: boolean | readonly NodeJS.Signals[] | undefined;
}

/** For probes. States as those of a consumer; `paused` does not come. */
export type ShareHealth = Omit<ConsumerHealth, "lag">;
