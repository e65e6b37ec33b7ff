import type { ConsumerRecord } from "../consumer/record-types.ts";

/**
 * A record that this consumer holds the lock of. It is acknowledged once, by a word of its own or, in implicit mode, by asking for the next. What is said takes effect at the broker
 * a moment later; `commit` waits for that.
 */
export interface ShareRecord extends ConsumerRecord {
  /** 1 for the first delivery. The broker stops at `share.delivery.count.limit` of the group (5 by default). */
  readonly deliveryCount: number;
  /** Nothing was said of it yet and its lock is not lost. */
  readonly isHeld: boolean;
  /** Done. Throws `ClientError` INVALID_ARGUMENT when it was acknowledged before, LOCK_LOST when it is not this consumer's any more. */
  accept(): void;
  /** Not done: the group delivers it again, with a higher {@link deliveryCount}. Throws as {@link accept}. */
  release(): void;
  /** Never to be delivered again. Throws as {@link accept}. */
  reject(): void;
  /**
   * The lock begins anew, now, whatever `renewLocks` and `lockHoldMaxMs` say. Resolves when the broker did so. Rejects with `ClientError` LOCK_LOST, with UNSUPPORTED where broker or group do
   * not renew.
   */
  renew(): Promise<void>;
}
