import { OttlaError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { EffectiveConfig } from "../config/effective-config.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import type { MetadataController } from "../metadata/metadata-controller.ts";
import { topicNameFault } from "../metadata/topic-name.ts";
import { type TopicOrder, TopicPlanner, type TopicPlannerDeps, type TopicRecord } from "./topic-planner.ts";

/** What creating topics that nobody ordered needs. */
export interface AutoCreateDeps extends TopicPlannerDeps {
  readonly controller: MetadataController;
}

/**
 * Creates topics that a client or the broker itself named without creating them. Resolves when they are durable, with an error code for each name that
 * could not be created; a name that exists by then is none. Internal topics get as many replicas as there are nodes, at most what is configured, as Kafka
 * does on small clusters.
 */
export async function autoCreateTopics(deps: AutoCreateDeps, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { config, metadata, controller, logger } = deps;
  const failures = new Map<string, number>();
  let planned: TopicRecord[] = [];
  try {
    await controller.change(async (slice) => {
      planned = [];
      const planner = new TopicPlanner(deps);
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
