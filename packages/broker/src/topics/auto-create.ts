import { randomUuid } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { placeReplicas } from "./replica-placement.ts";
import { topicNameFault } from "./topic-name.ts";

/** Partition count and overrides of a topic that the broker itself needs. */
function internalTopic(
  broker: BrokerState,
  name: string,
): { partitions: number; replicationFactor: number; configs: Record<string, string> } | undefined {
  const { config } = broker;
  if (name === "__consumer_offsets") {
    return {
      partitions: config.number("offsets.topic.num.partitions"),
      replicationFactor: config.number("offsets.topic.replication.factor"),
      configs: {
        "cleanup.policy": "compact",
        "compression.type": "producer",
        "segment.bytes": String(config.number("offsets.topic.segment.bytes")),
      },
    };
  }
  if (name === "__transaction_state") {
    return {
      partitions: config.number("transaction.state.log.num.partitions"),
      replicationFactor: config.number("transaction.state.log.replication.factor"),
      configs: {
        "cleanup.policy": "compact",
        "compression.type": "uncompressed",
        "segment.bytes": String(config.number("transaction.state.log.segment.bytes")),
      },
    };
  }
  return undefined;
}

/**
 * Creates topics that a client or the broker itself named without creating them (trap B2). Resolves when they are durable, with an error code for each name that
 * could not be created. Internal topics get as many replicas as there are nodes, at most what is configured, as Kafka does on small clusters.
 */
export async function autoCreateTopics(broker: BrokerState, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const failures = new Map<string, number>();
  const records: MetadataRecord[] = [];
  const nodeIds = broker.metadata.nodes.map((node) => node.nodeId);
  for (const name of new Set(names)) {
    if (broker.metadata.topic(name)) continue;
    const internal = internalTopic(broker, name);
    const replicationFactor = internal
      ? Math.min(internal.replicationFactor, nodeIds.length)
      : broker.config.number("default.replication.factor");
    const fault =
      topicNameFault(name) === undefined ? placementFault(broker, replicationFactor, nodeIds.length) : ErrorCode.INVALID_TOPIC_EXCEPTION;
    if (fault !== undefined) {
      failures.set(name, fault);
      continue;
    }
    const partitions = internal?.partitions ?? broker.config.number("num.partitions");
    records.push({
      kind: "topic",
      name,
      topicId: randomUuid(broker.random),
      replicas: placeReplicas(nodeIds, partitions, Math.min(replicationFactor, nodeIds.length), broker.random.nextInt(nodeIds.length)),
      configs: internal?.configs ?? {},
    });
  }
  try {
    await broker.controller.commit(records);
  } catch (error) {
    broker.logger.error("topics could not be created", { topics: records.length, error });
    for (const record of records) if (record.kind === "topic") failures.set(record.name, ErrorCode.KAFKA_STORAGE_ERROR);
  }
  return failures;
}

function placementFault(broker: BrokerState, replicationFactor: number, nodeCount: number): number | undefined {
  if (replicationFactor <= nodeCount || broker.config.boolean("ottla.replication.factor.clamp")) return undefined;
  return ErrorCode.INVALID_REPLICATION_FACTOR;
}

/** What a client hears of a topic that is not there: that its name is impossible, or that it may come. */
export function missingTopicError(name: string): number {
  return topicNameFault(name) === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
}
