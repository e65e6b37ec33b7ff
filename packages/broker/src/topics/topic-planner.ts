import { type MutationQuota, UNLIMITED_MUTATIONS } from "../quotas/mutation-quota.ts";
import { type Logger, type Random, randomUuid } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { decideConfigReplacement } from "../config/config-change.ts";
import { topicConfigFault, unknownTopicConfig } from "../config/config-rules.ts";
import type { EffectiveConfig } from "../config/effective-config.ts";
import { topicConfigDef } from "../config/resource-config-defs.ts";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { collisionKey } from "../metadata/topic-name.ts";
import {
  newTopicNameFault,
  PARTITIONS_PER_REQUEST_MAX,
  placeTopic,
  type TopicCreationView,
  type TopicWish,
  tooManyPartitions,
} from "./create-topic-rules.ts";
import { type Refusal, refused, tooFast } from "./replica-assignment-rules.ts";

/** A topic that will be created. */
export type TopicRecord = Extract<MetadataRecord, { kind: "topic" }>;

/** A topic as a client, or the broker itself, wants it. */
export interface TopicOrder extends TopicWish {
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

/** What planning reads. */
export interface TopicPlannerDeps {
  readonly config: EffectiveConfig;
  readonly metadata: ClusterMetadata;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Plans the topics of one request: the one place through which every topic comes into being, whoever asks for it, so that names, limits and settings are judged
 * alike. Knows what it has planned before. Use it within one change of the metadata.
 */
export class TopicPlanner {
  readonly #deps: TopicPlannerDeps;
  readonly #view: TopicCreationView;
  readonly #plannedKeys = new Map<string, string>();
  #partitions = 0;
  readonly #quota: Pick<MutationQuota, "take">;

  /** `quota`: what whoever asks may make. */
  constructor(deps: TopicPlannerDeps, quota: Pick<MutationQuota, "take"> = UNLIMITED_MUTATIONS) {
    this.#quota = quota;
    const { config, metadata } = deps;
    this.#deps = deps;
    this.#view = {
      nodeIds: metadata.nodes.map((node) => node.nodeId),
      defaultPartitions: config.number("num.partitions"),
      defaultReplicationFactor: config.number("default.replication.factor"),
      clampsReplicationFactor: config.boolean("ottla.replication.factor.clamp"),
      exists: (name) => metadata.topic(name) !== undefined,
      collidingTopic: (name) => this.#plannedKeys.get(collisionKey(name) ?? "") ?? metadata.collidingTopic(name),
    };
  }

  /**
   * The record that creates the topic, or why it cannot be; judged in Kafka's order: name, settings, partitions.
   * Errors: those of {@link newTopicNameFault} and {@link placeTopic}, INVALID_CONFIG, THROTTLING_QUOTA_EXCEEDED.
   */
  plan(order: TopicOrder): TopicRecord | Refusal {
    const { random } = this.#deps;
    const fault = newTopicNameFault(order.name, this.#view);
    if (fault !== undefined) return fault;
    const configs = this.#settingsOf(order);
    if ("kind" in configs) return configs;
    const plan = placeTopic(order, this.#view, random.nextInt(this.#view.nodeIds.length));
    if (plan.kind === "refused") return plan;
    if (this.#partitions + plan.replicas.length > PARTITIONS_PER_REQUEST_MAX) return tooManyPartitions();
    if (!this.#quota.take(plan.replicas.length)) return tooFast();
    this.#partitions += plan.replicas.length;
    const key = collisionKey(order.name);
    if (key !== undefined) this.#plannedKeys.set(key, order.name);
    this.#tellOfFewerReplicas(order, plan.replicas[0]?.length ?? 0);
    return { kind: "topic", name: order.name, topicId: randomUuid(random), replicas: plan.replicas, configs: Object.fromEntries(configs) };
  }

  #settingsOf(order: TopicOrder): ReadonlyMap<string, string> | Refusal {
    // One name that nobody knows is enough, however many there are.
    const stranger = order.configs.find(({ name }) => topicConfigDef.get(name) === undefined);
    if (stranger !== undefined) return refused(ErrorCode.INVALID_CONFIG, unknownTopicConfig(stranger.name).message);
    // The last of equal names counts, as in Kafka.
    const settings = [...new Map(order.configs.map((config) => [config.name, config])).values()];
    const decision = decideConfigReplacement((name) => topicConfigDef.get(name), settings);
    if (decision.kind !== "accepted") return refused(ErrorCode.INVALID_CONFIG, decision.message);
    const fault = topicConfigFault(order.name, decision.configs, this.#deps.config);
    return fault ? refused(ErrorCode.INVALID_CONFIG, fault.message) : decision.configs;
  }

  /** Only the development switch lets this happen, and nobody should be left to wonder. */
  #tellOfFewerReplicas(order: TopicOrder, given: number): void {
    const asked = order.replicationFactor === -1 ? this.#view.defaultReplicationFactor : order.replicationFactor;
    if (order.assignments.length === 0 && given < asked)
      this.#deps.logger.info("a topic has fewer replicas than asked for", { topic: order.name, asked, given });
  }
}
