import { KafkaError } from "@ottla/protocol";
import { ClientError } from "../../client-error.ts";
import { isRetriable } from "../../cluster/retries.ts";
import type { ClientDeps } from "../../deps.ts";
import { backoffMs } from "../../net/backoff.ts";
import { failureHeaders } from "./failure-headers.ts";
import { type FailurePolicy, judgeFailure, type Verdict } from "./failure-policy.ts";
import { placeOf, type WorkItem } from "./partition-work.ts";
import type { RecordMover } from "./record-mover.ts";
import type { FailureDecision } from "./run-types.ts";
import { messageOf } from "../../thrown.ts";

/** Decides what happens to a record whose handler failed, and moves it to another topic where that is the decision. */
export class FailureHandling {
  readonly #deps: ClientDeps;
  readonly #policy: FailurePolicy;
  readonly #groupId: string | undefined;
  readonly #mover: RecordMover;

  constructor(deps: ClientDeps, policy: FailurePolicy, groupId: string | undefined, mover: RecordMover) {
    this.#deps = deps;
    this.#policy = policy;
    this.#groupId = groupId;
    this.#mover = mover;
  }

  judge(item: WorkItem, error: unknown): Verdict {
    const { record, before, triesHere } = item;
    let wanted: FailureDecision | undefined;
    try {
      wanted = record && this.#policy.decide?.(error, record, attemptOf(item));
    } catch (cause) {
      this.#deps.logger.error("onError.decide threw", { place: placeOf(item), error: messageOf(cause) });
      return { kind: "fail" };
    }
    return judgeFailure(this.#policy, { triesHere, level: before?.retryLevel ?? 0, wanted }, this.#deps.random);
  }

  /** Tries until the record is there, or somebody else will read it again. Rejects when it cannot be there. */
  async move(item: WorkItem, { topic, delayMs, level }: Extract<Verdict, { kind: "move" }>, error: unknown): Promise<void> {
    const record = item.record!;
    const nowMs = this.#deps.clock.nowMs();
    const attempts = attemptOf(item);
    const dueAt = delayMs === undefined ? undefined : nowMs + delayMs;
    const story = { before: item.before, groupId: this.#groupId ?? "", attempts, error, nowMs, level, dueAt };
    let headers = failureHeaders(record, story);
    for (let failures = 1; item.life === item.work.life; failures++) {
      try {
        await this.#mover.move(record, topic, headers);
        break;
      } catch (cause) {
        if (isTooLarge(cause) && failures === 1) {
          // The record itself may just fit; then its story is a short one.
          headers = failureHeaders(record, { ...story, error: shortened(error) });
          continue;
        }
        if (!mayHeal(cause)) throw cause;
        this.#deps.logger.warn("could not move a record; trying again", { place: placeOf(item), to: topic, error: messageOf(cause) });
      }
      await this.#pause(backoffMs(failures, this.#policy.backoffMs, this.#policy.backoffMaxMs, this.#deps.random));
    }
    this.#deps.logger.warn("moved a record that could not be handled", {
      place: placeOf(item),
      to: topic,
      attempts,
      error: messageOf(error),
    });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#deps.clock.schedule(delayMs, resolve));
  }
}

/** A delivery that ran out of time is no verdict on the record: it is sent again, at worst twice. */
function mayHeal(error: unknown): boolean {
  return (
    isRetriable(error) ||
    (error instanceof ClientError &&
      (error.code === "DELIVERY_TIMEOUT" || error.code === "PRODUCER_FAILED" || error.code === "BUFFER_FULL"))
  );
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof KafkaError) return error.code === "MESSAGE_TOO_LARGE" || error.code === "RECORD_LIST_TOO_LARGE";
  return error instanceof ClientError && error.code === "RECORD_TOO_LARGE";
}

/** No more of an error than its name. */
function shortened(error: unknown): unknown {
  return error instanceof Error ? Object.assign(new Error(""), { name: error.name, stack: undefined }) : "";
}

/** The number of this try, those before retry topics included. */
export function attemptOf({ before, triesHere }: WorkItem): number {
  return (before?.attempts ?? 0) + triesHere;
}
