import { type Clock, OttlaError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { type MutationQuota, UNLIMITED_MUTATIONS } from "../quotas/mutation-quota.ts";
import type { AutoCreateDeps } from "./auto-create.ts";
import { type TopicOrder, TopicPlanner, type TopicRecord } from "./topic-planner.ts";

/** How many topics may be under way, and of how many it is known why they could not be made. Those beyond are begun with a later heartbeat. */
const TOPICS_MAX = 10_000;
const FAULTS_MAX = 1000;

/** Why a topic could not be made, for a while. */
interface Fault {
  readonly message: string;
  /** Monotonic. */
  readonly untilMs: number;
}

/**
 * Creates the topics of applications' own that members of streams groups need. Nobody waits for it: members hear that topics are missing, and ask again. What could not be created is told for a
 * while, and not tried again in it.
 */
export class ApplicationTopics {
  readonly #deps: () => AutoCreateDeps & { readonly clock: Clock };
  readonly #pending = new Set<string>();
  readonly #faults = new Map<string, Fault>();

  constructor(deps: () => AutoCreateDeps & { readonly clock: Clock }) {
    this.#deps = deps;
  }

  /** Begins to create those that are not under way, and returns at once. What cannot be created is told of for `keptMs`. */
  begin(orders: readonly TopicOrder[], keptMs: number, quota: Pick<MutationQuota, "take"> = UNLIMITED_MUTATIONS): void {
    const fresh: TopicOrder[] = [];
    for (const order of orders) {
      if (this.#pending.size >= TOPICS_MAX) break;
      if (this.#pending.has(order.name) || this.faultOf(order.name) !== undefined) continue;
      this.#pending.add(order.name);
      fresh.push(order);
    }
    if (fresh.length > 0) void this.#create(fresh, keptMs, quota);
  }

  /** Why the topic could not be created not long ago. */
  faultOf(name: string): string | undefined {
    const fault = this.#faults.get(name);
    if (fault === undefined) return undefined;
    if (this.#deps().clock.monotonicMs() < fault.untilMs) return fault.message;
    this.#faults.delete(name);
    return undefined;
  }

  async #create(orders: readonly TopicOrder[], keptMs: number, quota: Pick<MutationQuota, "take">): Promise<void> {
    const { logger, metadata, controller } = this.#deps();
    const fail = (name: string, message: string): void => this.#fail(name, message, keptMs);
    try {
      await controller.change(async (slice) => {
        const planned: TopicRecord[] = [];
        const planner = new TopicPlanner(this.#deps(), quota);
        for (const order of orders) {
          if (slice.isOver) await slice.rest();
          if (metadata.topic(order.name)) continue;
          const outcome = planner.plan(order);
          if (outcome.kind !== "refused") planned.push(outcome);
          else if (outcome.errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) fail(order.name, outcome.message);
        }
        return planned;
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.error("an application's topics could not be created", {
        topics: orders.length,
        error: error instanceof OttlaError || !(error instanceof Error) ? message : error.stack,
      });
      for (const { name } of orders) fail(name, message);
    } finally {
      for (const { name } of orders) this.#pending.delete(name);
    }
  }

  #fail(name: string, message: string, keptMs: number): void {
    this.#deps().logger.warn("an application's topic could not be created", { topic: name, error: message });
    const [oldest] = this.#faults.keys();
    if (this.#faults.size >= FAULTS_MAX && oldest !== undefined) this.#faults.delete(oldest);
    this.#faults.set(name, { message, untilMs: this.#deps().clock.monotonicMs() + keptMs });
  }
}
