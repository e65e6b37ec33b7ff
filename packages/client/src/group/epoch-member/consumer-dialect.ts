import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { ConsumerGroupHeartbeatResponse } from "@ottla/protocol/apis/consumer-group-heartbeat";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Lane } from "../../cluster/lane.ts";
import { TopicIdNames } from "../topic-id-names.ts";
import { type TopicIdPartitions, topicIdPartitions } from "../topic-id-partitions.ts";
import { type ConsumerMemberState, consumerAssignments, type MemberProfile, nextHeartbeat, type Told } from "./consumer-heartbeat.ts";
import type { EpochDialect, HeartbeatOutcome, NextHeartbeat, Resolved } from "./epoch-dialect.ts";
import { callHeartbeat } from "./heartbeat-call.ts";
import { JOIN_EPOCH } from "./member-state.ts";

export interface ConsumerDialectOptions {
  readonly groupId: string;
  readonly groupInstanceId: string | undefined;
  /** One of the coordinator's; undefined: its first. */
  readonly remoteAssignor: string | undefined;
  /** Matched by the coordinator. */
  readonly pattern: string | undefined;
  readonly maxPollIntervalMs: number;
  readonly rack: string | undefined;
}

/** How a member of a consumer group talks (KIP-848): it tells what it subscribes to and owns, and is told of topics by their ids. */
export class ConsumerDialect implements EpochDialect<TopicIdPartitions, Told> {
  readonly protocol = "consumer";
  readonly assignments = consumerAssignments;
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: ConsumerDialectOptions;
  readonly #names: TopicIdNames;
  #profile: MemberProfile;
  /** The answer to a heartbeat that joins: before version 1 it brings the name by which the group has this member. */
  #joining: Promise<ConsumerGroupHeartbeatResponse | undefined> | undefined;

  constructor(cluster: Cluster, lane: Lane, options: ConsumerDialectOptions, onNews: () => void) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
    this.#names = new TopicIdNames(cluster, lane, onNews);
    this.#profile = {
      instanceId: options.groupInstanceId,
      rack: options.rack,
      rebalanceTimeoutMs: options.maxPollIntervalMs,
      assignor: options.remoteAssignor,
      topics: [],
      pattern: options.pattern,
    };
  }

  next(before: ConsumerMemberState): NextHeartbeat<TopicIdPartitions, Told> {
    const { groupId } = this.#options;
    const { request, state } = nextHeartbeat(before, groupId, this.#profile);
    const send = async (mayBeSent: () => boolean): Promise<HeartbeatOutcome<TopicIdPartitions>> => {
      const answering = callHeartbeat(this.#cluster, this.#lane, { ...request, groupId }, mayBeSent);
      this.#joining = request.memberEpoch === JOIN_EPOCH ? answering : undefined;
      const response = await answering;
      if (response === undefined || !mayBeSent()) return { kind: "unsent" };
      const { errorCode, errorMessage, heartbeatIntervalMs, memberId, memberEpoch, assignment } = response;
      if (errorCode !== ErrorCode.NONE) return { kind: "refused", errorCode, message: errorMessage ?? undefined };
      const target = assignment === null ? undefined : topicIdPartitions(assignment.topicPartitions);
      return { kind: "answer", intervalMs: heartbeatIntervalMs, answer: { memberId: memberId ?? undefined, memberEpoch, target } };
    };
    return { state, send };
  }

  hasNews({ told }: ConsumerMemberState): boolean {
    return told.topics !== undefined && told.topics !== this.#profile.topics;
  }

  resolve(target: TopicIdPartitions): Resolved<TopicIdPartitions> {
    const { byId, partitions } = this.#names.resolve(target);
    return { owned: byId, partitions, onApplied: () => {} };
  }

  subscribeTo(topics: readonly string[]): boolean {
    const sorted = topics.toSorted();
    const before = this.#profile.topics;
    if (sorted.length === before.length && sorted.every((topic, i) => topic === before[i])) return false;
    this.#profile = { ...this.#profile, topics: sorted };
    return true;
  }

  /** The coordinator rebalances when it sees fit, so that this does nothing, as in Java. */
  requestRejoin(reason: string): boolean {
    this.#cluster.deps.logger.warn("a group of the consumer protocol is rebalanced by its coordinator only", {
      group: this.#options.groupId,
      reason,
    });
    return false;
  }

  async leave(memberId: string, memberEpoch: number): Promise<void> {
    const { groupId, groupInstanceId } = this.#options;
    const joined = await this.#joining?.catch(() => undefined);
    const request = { groupId, memberId: joined?.memberId ?? memberId, memberEpoch, instanceId: groupInstanceId ?? null };
    const answer = await callHeartbeat(this.#cluster, this.#lane, request, () => true);
    const errorCode = answer?.errorCode ?? ErrorCode.NONE;
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_MEMBER_ID) throw new KafkaError(errorCode);
  }

  stop(): void {
    this.#names.stop();
  }
}
