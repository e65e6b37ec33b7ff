import { ByteWriter, silentLogger } from "@ottla/base";
import { SeededRandom, SimulatedClock } from "@ottla/base/simulated";
import { NIL_UUID } from "@ottla/protocol";
import { consumerProtocolSubscription, makeConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { MemoryLog } from "../../coordinator/testing/memory-log.ts";
import type { ClassicGroup } from "../classic/classic-group.ts";
import type { JoinAnswer, SyncAnswer } from "../classic/group-decision.ts";
import { TestGate } from "../../testing/test-gate.ts";
import type { ConsumerSettings } from "../consumer/consumer-decision.ts";
import type { TopicCatalog } from "../consumer/topic-catalog.ts";
import type { GroupConfig } from "../group-config.ts";
import type { StreamsSettings } from "../streams/streams-decision.ts";
import { GroupCoordinator } from "../group-coordinator.ts";

export const NODE_ID = 1;

export const DEFAULT_CONFIG: GroupConfig = {
  limits: {
    groupMaxSize: Number.POSITIVE_INFINITY,
    initialRebalanceDelayMs: 3000,
    newMemberJoinTimeoutMs: 300_000,
    pendingMembersMax: 100,
    protocolsPerMemberMax: 10,
    groupHeldBytesMax: 1_000_000,
  },
  minSessionTimeoutMs: 6000,
  maxSessionTimeoutMs: 1_800_000,
  offsetMetadataLengthMax: 4096,
  offsetsRetentionMs: 7 * 24 * 3_600_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  groupsMax: 1000,
  groupsHeldBytesMax: 10_000_000,
  commitPartitionsMax: 100,
  offsetsHeldBytesMax: 10_000_000,
};

const DEFAULT_CONSUMER_SETTINGS: ConsumerSettings = {
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 5000,
  assignmentIntervalMs: 0,
  groupMaxSize: Number.POSITIVE_INFINITY,
  assignors: ["uniform", "range"],
  canUpgrade: true,
  canDowngrade: true,
  regexRefreshIntervalMs: 600_000,
};

const DEFAULT_STREAMS_SETTINGS: StreamsSettings = {
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 5000,
  assignmentIntervalMs: 0,
  initialRebalanceDelayMs: 0,
  taskOffsetIntervalMs: 60_000,
  acceptableRecoveryLag: 10_000,
  standbyReplicas: 0,
  rackTags: [],
  groupMaxSize: Number.POSITIVE_INFINITY,
};

/** A coordinator on a log in memory and a clock in the hand. */
export class GroupScene {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly topic: MemoryLog;
  readonly gate: TestGate = new TestGate();
  config: GroupConfig;
  consumerSettings: ConsumerSettings = DEFAULT_CONSUMER_SETTINGS;
  streamsSettings: StreamsSettings = DEFAULT_STREAMS_SETTINGS;
  readonly topics: SceneTopics = new SceneTopics();
  /** Ids of topics by name; any other topic has the nil id. */
  readonly topicIds = new Map<string, string>();
  readonly #random = new SeededRandom(1);
  readonly #deletedTopics = new Set<string>();
  coordinator: GroupCoordinator;

  constructor(options: { readonly topic?: MemoryLog; readonly config?: Partial<GroupConfig> } = {}) {
    this.topic = options.topic ?? new MemoryLog();
    this.config = { ...DEFAULT_CONFIG, ...options.config };
    this.coordinator = this.#newCoordinator();
  }

  /** A scene whose coordinator has loaded. */
  static async open(options: ConstructorParameters<typeof GroupScene>[0] = {}): Promise<GroupScene> {
    const scene = new GroupScene(options);
    await scene.coordinator.start();
    return scene;
  }

  setLimits(limits: Partial<GroupConfig["limits"]>): void {
    this.config = { ...this.config, limits: { ...this.config.limits, ...limits } };
  }

  /** A new coordinator finds nothing but the log. The old one is stopped, so that its timers and parked requests end with it. */
  async restart(): Promise<void> {
    this.coordinator.stop();
    this.coordinator = this.#newCoordinator();
    await this.coordinator.start();
  }

  deleteTopic(name: string): void {
    this.#deletedTopics.add(name);
  }

  join(groupId: string, options: JoinOptions = {}): JoinAnswer | Promise<JoinAnswer> {
    const version = options.version ?? 9;
    const topics = options.topics ?? ["t"];
    const names = options.protocols ?? ["range"];
    const metadata = options.metadata ?? subscription(topics);
    return this.coordinator.membership.join({
      nodeId: options.nodeId ?? NODE_ID,
      groupId,
      memberId: options.memberId ?? "",
      groupInstanceId: options.groupInstanceId ?? null,
      clientId: options.clientId ?? "client",
      clientHost: "/127.0.0.1",
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
      protocolType: options.protocolType ?? "consumer",
      protocols: names.map((name) => ({ name, metadata })),
      requiresMemberId: version >= 4,
      supportsSkipAssignment: version >= 9,
    });
  }

  sync(groupId: string, options: SyncOptions): SyncAnswer | Promise<SyncAnswer> {
    return this.coordinator.membership.sync({
      nodeId: NODE_ID,
      groupId,
      memberId: options.memberId,
      groupInstanceId: options.groupInstanceId ?? null,
      generationId: options.generationId,
      protocolType: options.protocolType ?? null,
      protocolName: options.protocolName ?? null,
      assignments: Object.entries(options.assignments ?? {}).map(([memberId, text]) => ({ memberId, assignment: Buffer.from(text) })),
    });
  }

  /** Commits one partition. */
  commit(groupId: string, topic: string, partition: number, offset: number, options: CommitOptions = {}) {
    return this.coordinator.offsets.commit({
      nodeId: NODE_ID,
      groupId,
      memberId: options.memberId ?? "",
      groupInstanceId: options.groupInstanceId ?? null,
      generationId: options.generationId ?? -1,
      retentionMs: options.retentionMs ?? -1,
      unknownGroupErrorCode: options.unknownGroupErrorCode ?? 22,
      topics: [
        {
          name: topic,
          topicId: options.topicId ?? NIL_UUID,
          partitions: [
            { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: 3, committedMetadata: options.metadata ?? null },
          ],
        },
      ],
    });
  }

  committed(groupId: string, topic: string, partition: number): number | undefined {
    const offsets = this.coordinator.offsets.committed(groupId, NODE_ID);
    return typeof offsets === "number" ? undefined : offsets.get(topic)?.get(partition)?.offset;
  }

  /** The classic group as it is now. */
  classicGroup(groupId: string): ClassicGroup | undefined {
    const group = this.coordinator.group(groupId, NODE_ID);
    return typeof group === "object" && group.type === "classic" ? group : undefined;
  }

  /** The groups of a node, or the error. */
  async groupIds(nodeId: number = NODE_ID): Promise<readonly string[] | number> {
    const groupIds: string[] = [];
    const errorCode = await this.coordinator.eachGroup(nodeId, ({ groupId }) => groupIds.push(groupId));
    return errorCode === 0 ? groupIds : errorCode;
  }

  #newCoordinator(): GroupCoordinator {
    return new GroupCoordinator({
      clock: this.clock,
      random: this.#random,
      logger: silentLogger,
      log: this.topic,
      admission: { clock: this.clock, transactionGate: this.gate, config: { number: () => 10 } },
      config: () => this.config,
      consumerSettings: () => this.consumerSettings,
      streamsSettings: () => this.streamsSettings,
      topics: this.topics,
      topicId: (name) => (this.#deletedTopics.has(name) ? undefined : (this.topicIds.get(name) ?? NIL_UUID)),
    });
  }
}

/** Topics by name, made by hand. */
export class SceneTopics implements TopicCatalog {
  revision = 1;
  createdRevision = 1;
  readonly #byName = new Map<
    string,
    { readonly name: string; readonly topicId: string; readonly partitions: { readonly length: number } }
  >();
  #lastId = 0;

  /** Creates the topic, or gives it more partitions. Gives its id. */
  put(name: string, partitionCount: number): string {
    const known = this.#byName.get(name);
    const topicId = known?.topicId ?? `${"A".repeat(17)}${String(++this.#lastId).padStart(4, "0")}A`;
    this.#byName.set(name, { name, topicId, partitions: { length: partitionCount } });
    this.revision++;
    if (!known) this.createdRevision = this.revision;
    return topicId;
  }

  remove(name: string): void {
    this.#byName.delete(name);
    this.revision++;
  }

  byName(name: string) {
    return this.#byName.get(name);
  }

  byId(topicId: string) {
    for (const topic of this.#byName.values()) if (topic.topicId === topicId) return topic;
    return undefined;
  }

  all() {
    return this.#byName.values();
  }
}

export interface JoinOptions {
  readonly nodeId?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly clientId?: string;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly protocolType?: string;
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
  readonly metadata?: Buffer;
  readonly version?: number;
}

export interface SyncOptions {
  readonly memberId: string;
  readonly groupInstanceId?: string | null;
  readonly generationId: number;
  readonly protocolType?: string;
  readonly protocolName?: string;
  readonly assignments?: Readonly<Record<string, string>>;
}

export interface CommitOptions {
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly generationId?: number;
  readonly retentionMs?: number;
  readonly unknownGroupErrorCode?: number;
  readonly topicId?: string;
  readonly metadata?: string;
}

/** A consumer's subscription as its clients encode it. */
export function subscription(topics: readonly string[]): Buffer {
  const writer = new ByteWriter();
  writer.int16(1);
  consumerProtocolSubscription.write(writer, makeConsumerProtocolSubscription({ topics }), 1);
  return writer.toBuffer();
}
