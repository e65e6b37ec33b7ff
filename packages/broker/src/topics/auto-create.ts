import { OttlaError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { EffectiveConfig } from "../config/effective-config.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import type { MetadataController } from "../metadata/metadata-controller.ts";
import { topicNameFault } from "../metadata/topic-name.ts";
import { type MutationQuota, UNLIMITED_MUTATIONS } from "../quotas/mutation-quota.ts";
import { type TopicOrder, TopicPlanner, type TopicPlannerDeps, type TopicRecord } from "./topic-planner.ts";

/** What creating topics that nobody ordered needs. */
export interface AutoCreateDeps extends TopicPlannerDeps {
  readonly controller: MetadataController;
}

/**
 * Creates topics that a client or the broker itself named without creating them. Resolves when they are durable, with an error code for each name that
 * could not be created; a name that exists by then is none. Internal topics get as many replicas as there are nodes, at most what is configured, as Kafka
 * does on small clusters. `quota`: what whoever named them may make; the broker itself may make all.
 */
export async function autoCreateTopics(
  deps: AutoCreateDeps,
  names: readonly string[],
  quota: Pick<MutationQuota, "take"> = UNLIMITED_MUTATIONS,
): Promise<ReadonlyMap<string, number>> {
  const { config, metadata, controller, logger } = deps;
  const failures = new Map<string, number>();
  let planned: TopicRecord[] = [];
  try {
    await controller.change(async (slice) => {
      planned = [];
      const planner = new TopicPlanner(deps, quota);
      for (const name of new Set(names)) {
        if (slice.isOver) await slice.rest();
        if (metadata.topic(name)) continue;
        const outcome = planner.plan(orderFor(config, name, metadata.nodes.length));
        if (outcome.kind === "refused") failures.set(name, outcome.errorCode);
        else planned.push(outcome);
      }
      return planned;
    });
  } catch (error) {
    if (!(error instanceof OttlaError)) throw error;
    logger.error("topics could not be created", { topics: planned.length, error: error.message });
    for (const { name } of planned) failures.set(name, ErrorCode.KAFKA_STORAGE_ERROR);
    // Where the journal had failed before, nothing was planned.
    if (planned.length === 0) for (const name of names) failures.set(name, ErrorCode.KAFKA_STORAGE_ERROR);
  }
  return failures;
}

/** How many names may wait for their creation. Who names another meanwhile hears the same, and begins it with the next request. */
const PENDING_NAMES_MAX = 10_000;

/** Creates topics that clients name before they are there. Nobody waits for it: as in Kafka, who asks hears that the topic is unknown, and asks again. */
export class FirstUseTopics {
  readonly #deps: () => AutoCreateDeps;
  readonly #pending = new Set<string>();

  constructor(deps: () => AutoCreateDeps) {
    this.#deps = deps;
  }

  /** Names whose creation is under way. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Begins to create those of `names` that are not under way, and returns at once. What cannot be created is logged; what is beyond `quota` can be later.
   */
  begin(names: readonly string[], quota: Pick<MutationQuota, "take">): void {
    const fresh: string[] = [];
    for (const name of names) {
      if (this.#pending.size >= PENDING_NAMES_MAX) break;
      if (this.#pending.has(name) || topicNameFault(name) !== undefined) continue;
      this.#pending.add(name);
      fresh.push(name);
    }
    if (fresh.length > 0) void this.#create(fresh, quota);
  }

  async #create(names: readonly string[], quota: Pick<MutationQuota, "take">): Promise<void> {
    const { logger } = this.#deps();
    try {
      const failures = await autoCreateTopics(this.#deps(), names, quota);
      for (const [topic, errorCode] of failures) logger.debug("a topic could not be created when it was named", { topic, errorCode });
    } catch (error) {
      logger.error("topics could not be created", { topics: names.length, error: error instanceof Error ? error.stack : error });
    } finally {
      for (const name of names) this.#pending.delete(name);
    }
  }
}

function orderFor(config: EffectiveConfig, name: string, nodeCount: number): TopicOrder {
  const internal = internalTopic(name)?.creation;
  if (!internal) return { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] };
  const configs = { ...internal.configs, "segment.bytes": String(config.number(internal.segmentBytesKey)) };
  return {
    name,
    numPartitions: config.number(internal.partitionsKey),
    replicationFactor: Math.min(config.number(internal.replicationFactorKey), nodeCount),
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

/** What a client hears of a topic that is not there: that its name is impossible, or that it may come. */
export function missingTopicError(name: string): number {
  return topicNameFault(name) === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
}
