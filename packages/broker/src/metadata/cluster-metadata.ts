import { invariant } from "@ottla/base";
import type { AclBinding } from "@ottla/protocol";
import { aclKey } from "./acl-key.ts";
import { internalTopic } from "./internal-topics.ts";
import type { ConfigResourceKind, MetadataRecord } from "./metadata-records.ts";
import { type ClientQuota, type QuotaEntity, type QuotaLimits, quotaKey } from "./client-quotas.ts";
import { DelegationTokens } from "./delegation-tokens.ts";
import { ScramCredentials } from "./scram-credentials.ts";
import { collisionKey } from "./topic-name.ts";

/** One virtual broker. */
export interface BrokerNode {
  readonly nodeId: number;
  readonly rack: string | null;
  /** Advertised endpoint by listener name. */
  readonly endpoints: ReadonlyMap<string, AdvertisedEndpoint>;
}

/** Where clients find one listener of a broker. */
export interface AdvertisedEndpoint {
  /** Undefined: each client is told the address that it came to; see `endpointFor`. */
  readonly host: string | undefined;
  readonly port: number;
}

/** An address that can be connected to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly index: number;
  readonly replicas: readonly number[];
  /** Every replica whose node is up is in sync: they are one log. Where none is up, those that were last. */
  readonly isr: readonly number[];
  /** −1: none of its replicas' nodes is up. */
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface TopicMetadata {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

const NO_CONFIGS: ReadonlyMap<string, string> = new Map();

interface TopicState {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  partitions: PartitionMetadata[];
}

/**
 * The cluster as clients see it: a fold over the metadata journal, changed by {@link ClusterMetadata.apply} alone.
 * Nodes are not in the journal: they follow from how the process was started.
 */
export class ClusterMetadata {
  /** SCRAM users. */
  readonly scram: ScramCredentials = new ScramCredentials();
  readonly delegationTokens: DelegationTokens = new DelegationTokens();
  #clusterId = "";
  #startEpoch = 0;
  #nextProducerId = 0;
  #featuresEpoch = 0;
  readonly #featureLevels = new Map<string, number>();
  #nodes: readonly BrokerNode[] = [];
  readonly #byName = new Map<string, TopicState>();
  readonly #byId = new Map<string, TopicState>();
  /** Names by what they are in metric names; only of those that can collide. */
  readonly #byCollisionKey = new Map<string, string>();
  readonly #configs = new Map<string, ReadonlyMap<string, string>>();
  readonly #acls = new Map<string, AclBinding>();
  readonly #clientQuotas = new Map<string, ClientQuota>();

  get clusterId(): string {
    return this.#clusterId;
  }

  /** How often this data directory was started, from 1. */
  get startEpoch(): number {
    return this.#startEpoch;
  }

  get nextProducerId(): number {
    return this.#nextProducerId;
  }

  /** How often levels of features were set. */
  get featuresEpoch(): number {
    return this.#featuresEpoch;
  }

  /** The level a feature was set to; `undefined` while nobody has. */
  featureLevel(name: string): number | undefined {
    return this.#featureLevels.get(name);
  }

  /** The virtual brokers that are up, ascending by id. The first one is also the controller. */
  get nodes(): readonly BrokerNode[] {
    return this.#nodes;
  }

  get controllerId(): number {
    return this.#nodes[0]?.nodeId ?? -1;
  }

  /** Topics in order of creation. */
  topics(): IterableIterator<TopicMetadata> {
    return this.#byName.values();
  }

  get topicCount(): number {
    return this.#byName.size;
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#byName.get(name);
  }

  topicById(topicId: string): TopicMetadata | undefined {
    return this.#byId.get(topicId);
  }

  /** The topic that one of this name would be mistaken for in metric names. */
  collidingTopic(name: string): string | undefined {
    const key = collisionKey(name);
    const found = key === undefined ? undefined : this.#byCollisionKey.get(key);
    return found === name ? undefined : found;
  }

  node(nodeId: number): BrokerNode | undefined {
    return this.#nodes.find((node) => node.nodeId === nodeId);
  }

  /** Overrides set on one resource. */
  configs(resource: ConfigResourceKind, name: string): ReadonlyMap<string, string> {
    return this.#configs.get(`${resource}:${name}`) ?? NO_CONFIGS;
  }

  /** Names of all resources of a kind that have overrides. */
  configuredResources(resource: ConfigResourceKind): string[] {
    const prefix = `${resource}:`;
    return [...this.#configs.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /** In the order in which they came. */
  acls(): IterableIterator<AclBinding> {
    return this.#acls.values();
  }

  get aclCount(): number {
    return this.#acls.size;
  }

  hasAcl(acl: AclBinding): boolean {
    return this.#acls.has(aclKey(acl));
  }

  /** In the order in which they came. */
  clientQuotas(): IterableIterator<ClientQuota> {
    return this.#clientQuotas.values();
  }

  get clientQuotaCount(): number {
    return this.#clientQuotas.size;
  }

  /** What is set for that very entity. */
  limitsOf(entity: QuotaEntity): QuotaLimits {
    return this.#clientQuotas.get(quotaKey(entity))?.limits ?? {};
  }

  /** Set once the listeners are bound, when ports are known, and whenever a virtual broker goes down or comes back: in-sync replicas follow, leaders are for who says so to move. */
  setNodes(nodes: readonly BrokerNode[]): void {
    const isSame = nodes.length === this.#nodes.length && nodes.every(({ nodeId }, i) => nodeId === this.#nodes[i]!.nodeId);
    this.#nodes = nodes;
    if (isSame) return;
    for (const topic of this.#byName.values()) {
      topic.partitions = topic.partitions.map((partition) => ({ ...partition, isr: this.#inSync(partition.replicas, partition.isr) }));
    }
  }

  /** The one place where metadata changes. */
  apply(record: MetadataRecord): void {
    switch (record.kind) {
      case "cluster":
        this.#clusterId = record.clusterId;
        return;
      case "started":
        this.#applyStart(record.startEpoch);
        return;
      case "topic":
        this.#applyTopic(record);
        return;
      case "partitions": {
        const topic = this.#existing(record.topicId);
        for (const partition of this.#newPartitions(topic.partitions.length, record.replicas)) topic.partitions.push(partition);
        return;
      }
      case "leader": {
        const { partition, leader } = record;
        this.#changePartition(record.topicId, partition, (old) => ({ ...old, leader, leaderEpoch: old.leaderEpoch + 1 }));
        return;
      }
      case "assignment": {
        const { partition, replicas } = record;
        this.#changePartition(record.topicId, partition, (old) => ({
          ...old,
          replicas,
          isr: this.#inSync(replicas, replicas),
          leader: replicas.includes(old.leader) ? old.leader : (replicas[0] ?? -1),
          leaderEpoch: old.leaderEpoch + (replicas.includes(old.leader) ? 0 : 1),
        }));
        return;
      }
      case "topic-deleted":
        this.#applyDeletion(this.#existing(record.topicId));
        return;
      case "configs":
        this.#applyConfigs(record.resource, record.name, record.configs);
        return;
      case "acl":
        this.#acls.set(aclKey(record.acl), record.acl);
        return;
      case "acl-removed":
        this.#acls.delete(aclKey(record.acl));
        return;
      case "client-quota": {
        const { entity, limits } = record;
        if (Object.keys(limits).length === 0) this.#clientQuotas.delete(quotaKey(entity));
        else this.#clientQuotas.set(quotaKey(entity), { entity, limits });
        return;
      }
      case "producer-ids":
        this.#nextProducerId = record.nextProducerId;
        return;
      case "features":
        this.#featuresEpoch = record.epoch;
        for (const [name, level] of Object.entries(record.levels)) this.#featureLevels.set(name, level);
        return;
      case "scram-credential":
      case "scram-credential-deleted":
      case "scram-decoys":
        this.scram.apply(record);
        return;
      case "delegation-token":
      case "delegation-token-removed":
        this.delegationTokens.apply(record);
        return;
    }
  }

  /** The shortest list of records that leads to this state. */
  snapshot(): MetadataRecord[] {
    const records: MetadataRecord[] = [
      { kind: "cluster", clusterId: this.#clusterId },
      { kind: "started", startEpoch: this.#startEpoch },
    ];
    for (const { name, topicId, partitions } of this.#byName.values()) {
      records.push({
        kind: "topic",
        name,
        topicId,
        replicas: partitions.map((partition) => partition.replicas),
        configs: {},
        leaders: partitions.map((partition) => partition.leader),
        leaderEpochs: partitions.map((partition) => partition.leaderEpoch),
      });
    }
    for (const [key, configs] of this.#configs) {
      const colon = key.indexOf(":");
      records.push({
        kind: "configs",
        resource: key.slice(0, colon) as ConfigResourceKind,
        name: key.slice(colon + 1),
        configs: Object.fromEntries(configs),
      });
    }
    for (const acl of this.#acls.values()) records.push({ kind: "acl", acl });
    for (const quota of this.#clientQuotas.values()) records.push({ kind: "client-quota", ...quota });
    records.push({ kind: "producer-ids", nextProducerId: this.#nextProducerId });
    if (this.#featuresEpoch > 0)
      records.push({ kind: "features", epoch: this.#featuresEpoch, levels: Object.fromEntries(this.#featureLevels) });
    for (const record of this.scram.snapshot()) records.push(record);
    for (const record of this.delegationTokens.snapshot()) records.push(record);
    return records;
  }

  #applyStart(startEpoch: number): void {
    const raisedBy = startEpoch - this.#startEpoch;
    this.#startEpoch = startEpoch;
    if (raisedBy === 0) return;
    for (const topic of this.#byName.values()) {
      topic.partitions = topic.partitions.map((partition) => ({ ...partition, leaderEpoch: partition.leaderEpoch + raisedBy }));
    }
  }

  #applyTopic(record: Extract<MetadataRecord, { kind: "topic" }>): void {
    invariant(!this.#byName.has(record.name), `Topic "${record.name}" was created twice.`);
    const topic: TopicState = {
      name: record.name,
      topicId: record.topicId,
      isInternal: internalTopic(record.name) !== undefined,
      partitions: this.#newPartitions(0, record.replicas).map((partition) => ({
        ...partition,
        leader: record.leaders?.[partition.index] ?? partition.leader,
        leaderEpoch: record.leaderEpochs?.[partition.index] ?? partition.leaderEpoch,
      })),
    };
    this.#byName.set(topic.name, topic);
    this.#byId.set(topic.topicId, topic);
    const key = collisionKey(topic.name);
    if (key !== undefined) this.#byCollisionKey.set(key, topic.name);
    this.#applyConfigs("topic", record.name, record.configs);
  }

  #applyDeletion({ name, topicId }: TopicState): void {
    this.#byName.delete(name);
    this.#byId.delete(topicId);
    const key = collisionKey(name);
    if (key !== undefined && this.#byCollisionKey.get(key) === name) this.#byCollisionKey.delete(key);
    this.#configs.delete(`topic:${name}`);
  }

  #changePartition(topicId: string, index: number, change: (old: PartitionMetadata) => PartitionMetadata): void {
    // In place: one change may name every partition of a large topic.
    const { partitions } = this.#existing(topicId);
    const old = partitions[index];
    invariant(old, `The metadata journal names partition ${index} of topic id ${topicId}, which does not exist.`);
    partitions[index] = change(old);
  }

  #applyConfigs(resource: ConfigResourceKind, name: string, configs: Readonly<Record<string, string>>): void {
    const key = `${resource}:${name}`;
    const map = new Map(Object.entries(configs));
    if (map.size === 0) this.#configs.delete(key);
    else this.#configs.set(key, map);
  }

  #existing(topicId: string): TopicState {
    const topic = this.#byId.get(topicId);
    invariant(topic, `The metadata journal names topic id ${topicId}, which does not exist.`);
    return topic;
  }

  #newPartitions(firstIndex: number, replicas: readonly (readonly number[])[]): PartitionMetadata[] {
    return replicas.map((ids, i) => {
      const isr = this.#inSync(ids, ids);
      return { index: firstIndex + i, replicas: ids, isr, leader: isr[0] ?? -1, leaderEpoch: 0 };
    });
  }

  #inSync(replicas: readonly number[], before: readonly number[]): readonly number[] {
    const up = replicas.filter((id) => this.#nodes.some(({ nodeId }) => nodeId === id));
    return up.length === replicas.length ? replicas : up.length > 0 ? up : before;
  }
}

/** Replicas whose nodes are down. */
export function offlineReplicas({ replicas, isr, leader }: PartitionMetadata): readonly number[] {
  if (leader < 0) return replicas;
  return isr.length === replicas.length ? [] : replicas.filter((id) => !isr.includes(id));
}
