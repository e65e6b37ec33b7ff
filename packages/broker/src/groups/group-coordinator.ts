import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { compilePattern } from "../security/linear-pattern.ts";
import { CoordinatorRuntime } from "../coordinator/coordinator-runtime.ts";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import { GroupMembership } from "./classic/group-membership.ts";
import { BackgroundJobs } from "./background-jobs.ts";
import { BackgroundWork } from "./consumer/background-work.ts";
import type { ConsumerEnvironment } from "./consumer/consumer-decision.ts";
import { ConsumerMembership } from "./consumer/consumer-membership.ts";
import type { Group } from "./group.ts";
import type { GroupCoordinatorDeps } from "./group-config.ts";
import { GroupSpec, type GroupTypes } from "./group-spec.ts";
import { GroupTotals } from "./group-totals.ts";
import { GroupOffsets } from "./offsets/group-offsets.ts";
import { StreamsBackground } from "./streams/streams-background.ts";
import { StreamsMembership } from "./streams/streams-membership.ts";

/** A committed offset and whose it is. */
interface PlacedOffset {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * The group coordinator of all virtual brokers. Each partition of `__consumer_offsets` is coordinated by the broker that leads it; requests
 * that come to another are told NOT_COORDINATOR.
 */
export class GroupCoordinator {
  readonly membership: GroupMembership;
  readonly consumers: ConsumerMembership;
  readonly streams: StreamsMembership;
  /** What groups need beside their requests. */
  readonly background: BackgroundJobs;
  readonly offsets: GroupOffsets;
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;

  constructor(deps: GroupCoordinatorDeps) {
    this.#deps = deps;
    const environment = (groupId: string): ConsumerEnvironment => ({
      topics: deps.topics,
      settings: deps.consumerSettings(groupId),
      classicLimits: deps.config().limits,
      nowMs: deps.clock.nowMs(),
      patternFault: (regex) => {
        const compiled = compilePattern(regex);
        return typeof compiled === "string" ? compiled : undefined;
      },
    });
    const streamsEnvironment = (groupId: string) => ({
      topics: deps.topics,
      settings: deps.streamsSettings(groupId),
      classicLimits: deps.config().limits,
      nowMs: deps.clock.nowMs(),
    });
    const spec = new GroupSpec(deps.config, environment, streamsEnvironment, deps.logger);
    this.#runtime = new CoordinatorRuntime({ ...deps, spec }, (shard) => this.offsets.forgetMissingTopics(shard));
    const totals = new GroupTotals(this.#runtime, deps.config);
    this.background = new BackgroundJobs(deps);
    const consumerWork = new BackgroundWork(deps, this.#runtime, environment, this.background);
    const streamsWork = new StreamsBackground(deps, this.#runtime, streamsEnvironment, this.background);
    this.membership = new GroupMembership(deps, this.#runtime, totals, (groupId, nodeId) => consumerWork.look(groupId, nodeId));
    this.consumers = new ConsumerMembership(deps, this.#runtime, totals, consumerWork);
    this.streams = new StreamsMembership(this.#runtime, totals, streamsWork);
    this.offsets = new GroupOffsets(deps, this.#runtime, totals);
  }

  /** Begins to load what the log has; groups are answered COORDINATOR_LOAD_IN_PROGRESS until then. Resolves when all is loaded. */
  start(): Promise<void> {
    this.offsets.start();
    return this.#runtime.reconcile();
  }

  /** Resolves when what its partitions' leaders have to load is loaded. */
  ready(): Promise<void> {
    return this.#runtime.reconcile();
  }

  /** Answers everybody who waits and takes no more requests. */
  stop(): void {
    this.#runtime.stop();
    this.offsets.stop();
  }

  /** The partition of `__consumer_offsets` that keeps the group. */
  partitionOf(groupId: string): number {
    return this.#runtime.partitionOf(groupId);
  }

  /** The node that coordinates the group. Creates `__consumer_offsets` at first need; rejects with a `KafkaError` if that fails. */
  coordinatorOf(groupId: string): Promise<number> {
    return this.#runtime.coordinatorOf(groupId);
  }

  /** As {@link coordinatorOf}, at once; `undefined` while `__consumer_offsets` is not there. */
  knownCoordinatorOf(groupId: string): number | undefined {
    return this.#runtime.knownCoordinatorOf(groupId);
  }

  /** Ends a transaction in one partition of `__consumer_offsets`. See `MarkerWriter`; never rejects. */
  endTransaction(partition: number, marker: TransactionMarker): Promise<number> {
    return this.#runtime.endTransaction(partition, marker);
  }

  /** Topics or leaders changed; `deletedTopicId` names a topic that is gone, and with it go its offsets. */
  metadataChanged(deletedTopicId?: string): void {
    void this.#runtime.reconcile();
    if (deletedTopicId !== undefined) this.offsets.topicDeleted(deletedTopicId);
  }

  /**
   * Shows every group that this node coordinates to `see`, in slices: groups that come or go meanwhile may be seen or not. NONE, or the error a client is to
   * be told.
   */
  async eachGroup(nodeId: number, see: (group: Group) => void): Promise<number> {
    if (this.#runtime.isLoading(nodeId)) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    const slice = new TimeSlice(this.#deps.clock);
    for (const shard of [...this.#runtime.active(nodeId)]) {
      for (const group of shard.state.groups()) {
        if (shard.isResigned) break;
        see(group);
        if (slice.isOver) await slice.rest();
      }
    }
    return ErrorCode.NONE;
  }

  /** Every group that is loaded; they may change between two steps. */
  *known(): IterableIterator<Group> {
    for (const { state } of this.#runtime.active()) yield* state.groups();
  }

  /** Every committed offset that is loaded; they may change between two steps. */
  *committedOffsets(): IterableIterator<PlacedOffset> {
    for (const { state } of this.#runtime.active()) {
      for (const groupId of state.offsets.groupIds()) {
        for (const [topic, partitions] of state.offsets.of(groupId)) {
          for (const [partition, { offset }] of partitions) yield { groupId, topic, partition, offset };
        }
      }
    }
  }

  /** Some partition of `__consumer_offsets` is not loaded yet. */
  isLoading(nodeId: number): boolean {
    return this.#runtime.isLoading(nodeId);
  }

  /** One group as it is now, `undefined` if there is none, or the error a client is to be told. It may change: read it before anybody else has a turn. */
  group(groupId: string, nodeId: number): Group | undefined | number {
    const shard = this.#runtime.find(groupId, nodeId);
    return typeof shard === "number" ? shard : shard.state.group(groupId);
  }
}
