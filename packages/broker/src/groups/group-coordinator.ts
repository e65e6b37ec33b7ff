import { ErrorCode } from "@ottla/protocol";
import type { Group } from "./classic-group.ts";
import type { CoordinatorDeps } from "./coordinator-deps.ts";
import { GroupMembership } from "./group-membership.ts";
import { GroupOffsets } from "./group-offsets.ts";
import { GroupShards } from "./group-shards.ts";

/**
 * The group coordinator of all virtual brokers. Each partition of `__consumer_offsets` is coordinated by the broker that leads it; requests
 * that come to another are told NOT_COORDINATOR.
 */
export class GroupCoordinator {
  readonly membership: GroupMembership;
  readonly offsets: GroupOffsets;
  readonly #deps: CoordinatorDeps;
  readonly #shards: GroupShards;
  /** Under way while the topic is created, so that nobody is sent to a coordinator that is not ready. */
  #creation: Promise<void> | undefined;

  constructor(deps: CoordinatorDeps) {
    this.#deps = deps;
    this.#shards = new GroupShards(deps, {
      loaded: (shard) => {
        this.membership.resume(shard);
        this.offsets.resume(shard);
      },
      resigned: (shard) => this.membership.resign(shard),
    });
    this.membership = new GroupMembership(deps, this.#shards);
    this.offsets = new GroupOffsets(deps, this.#shards, this.membership);
  }

  /** Begins to load what the log has; groups are answered COORDINATOR_LOAD_IN_PROGRESS until then. Resolves when all is loaded. */
  start(): Promise<void> {
    this.offsets.start();
    return this.#shards.reconcile();
  }

  /** Answers everybody who waits and takes no more requests. */
  stop(): void {
    this.#shards.stop();
    this.membership.stop();
    this.offsets.stop();
  }

  /** The node that coordinates the group. Creates `__consumer_offsets` at first need; rejects with a `KafkaError` if that fails. */
  async coordinatorOf(groupId: string): Promise<number> {
    const { topic } = this.#deps;
    if (!topic.exists()) this.#creation ??= this.#createTopic();
    await this.#creation;
    return topic.leaderOf(this.#shards.partitionOf(groupId));
  }

  /** Topics or leaders changed; `deletedTopicId` names a topic that is gone, and with it go its offsets (trap B3). */
  metadataChanged(deletedTopicId?: string): void {
    void this.#shards.reconcile();
    if (deletedTopicId !== undefined) this.offsets.topicDeleted(deletedTopicId);
  }

  /** The groups that this node coordinates, or the error a client is to be told. */
  groups(nodeId: number): readonly Group[] | number {
    if (this.#shards.isLoading(nodeId)) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    const groups: Group[] = [];
    for (const shard of this.#shards.active()) {
      if (this.#deps.topic.leaderOf(shard.partition) === nodeId) groups.push(...shard.groups());
    }
    return groups;
  }

  /** One group as it is now, `undefined` if there is none, or the error a client is to be told. */
  group(groupId: string, nodeId: number): Group | undefined | number {
    const shard = this.#shards.find(groupId, nodeId);
    return typeof shard === "number" ? shard : shard.group(groupId);
  }

  async #createTopic(): Promise<void> {
    try {
      await this.#deps.topic.ensureCreated();
      await this.#shards.reconcile();
    } finally {
      this.#creation = undefined;
    }
  }
}
