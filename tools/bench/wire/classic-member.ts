import { ByteReader, ByteWriter } from "@ottla/base";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { type JoinGroupResponse, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import {
  consumerProtocolAssignment,
  makeTopicPartition as makeAssigned,
  makeConsumerProtocolAssignment,
} from "@ottla/protocol/data/consumer-protocol-assignment";
import {
  consumerProtocolSubscription,
  makeConsumerProtocolSubscription,
  makeTopicPartition as makeOwned,
} from "@ottla/protocol/data/consumer-protocol-subscription";
import { assignCooperatively } from "./cooperative-assignor.ts";
import { type ChurningMember, type MemberPlace, Pause } from "./group-churn-task.ts";

const PROTOCOL = "cooperative-sticky";
const PROTOCOL_VERSION = 1;
const NONE = 0;
const REBALANCE_IN_PROGRESS = 27;
const MEMBER_ID_REQUIRED = 79;

/** A member of a classic group that rebalances cooperatively (KIP-429): it keeps what it has while it joins again, and joins once more when it had to give something up. */
export class ClassicMember implements ChurningMember {
  epoch = -1;
  owned: readonly number[] = [];
  isSettled = false;
  readonly #place: MemberPlace;
  readonly #pause = new Pause();
  #memberId = "";
  #isLeaving = false;
  #ended: Promise<void> | undefined;

  constructor(place: MemberPlace) {
    this.#place = place;
  }

  run(): Promise<void> {
    this.#ended = this.#run();
    return this.#ended;
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#pause.end();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { task, connection } = this.#place;
    let mustJoin = true;
    while (!this.#isLeaving) {
      if (mustJoin) mustJoin = await this.#join();
      if (mustJoin) continue;
      this.isSettled = true;
      await this.#pause.rest(task.intervalMs);
      if (!this.#isLeaving) mustJoin = await this.#beat();
    }
    const members = [makeMemberIdentity({ memberId: this.#memberId })];
    await connection.ask(leaveGroupApi, 5, makeLeaveGroupRequest({ groupId: task.groupId, members }));
    connection.close();
  }

  /** Whether the group is to be joined again. */
  async #beat(): Promise<boolean> {
    const { task, connection } = this.#place;
    const request = makeHeartbeatRequest({ groupId: task.groupId, memberId: this.#memberId, generationId: this.epoch });
    const answer = await connection.ask(heartbeatApi, 4, request);
    if (answer?.errorCode === NONE) return false;
    if (answer?.errorCode !== REBALANCE_IN_PROGRESS) throw new Error(`A heartbeat was answered with error ${answer?.errorCode}.`);
    return true;
  }

  /** Whether the group is to be joined once more. */
  async #join(): Promise<boolean> {
    const { task, connection, onChange } = this.#place;
    this.isSettled = false;
    onChange();
    const joined = await this.#ask();
    this.epoch = joined.generationId;
    const request = makeSyncGroupRequest({
      groupId: task.groupId,
      memberId: this.#memberId,
      generationId: this.epoch,
      protocolType: "consumer",
      protocolName: PROTOCOL,
      assignments: joined.leader === this.#memberId ? this.#assignments(joined) : [],
    });
    const answer = await connection.ask(syncGroupApi, 5, request);
    onChange();
    if (answer?.errorCode === REBALANCE_IN_PROGRESS) return true;
    if (answer?.errorCode !== NONE) throw new Error(`SyncGroup was answered with error ${answer?.errorCode}.`);
    const reader = new ByteReader(answer.assignment);
    const assigned = consumerProtocolAssignment.read(reader, reader.int16()).assignedPartitions.flatMap(({ partitions }) => partitions);
    const isRevoked = this.owned.some((partition) => !assigned.includes(partition));
    this.owned = assigned;
    return isRevoked;
  }

  async #ask(): Promise<JoinGroupResponse> {
    const { task, connection } = this.#place;
    for (;;) {
      const request = makeJoinGroupRequest({
        groupId: task.groupId,
        memberId: this.#memberId,
        sessionTimeoutMs: 45_000,
        rebalanceTimeoutMs: 60_000,
        protocolType: "consumer",
        protocols: [makeJoinGroupRequestProtocol({ name: PROTOCOL, metadata: this.#subscription() })],
      });
      const answer = await connection.ask(joinGroupApi, 9, request);
      if (answer === undefined) throw new Error("The connection was closed.");
      this.#memberId = answer.memberId;
      if (answer.errorCode === NONE) return answer;
      if (answer.errorCode !== MEMBER_ID_REQUIRED) throw new Error(`JoinGroup was answered with error ${answer.errorCode}.`);
    }
  }

  #subscription(): Buffer {
    const { topic } = this.#place.task;
    const writer = new ByteWriter();
    writer.int16(PROTOCOL_VERSION);
    const ownedPartitions = this.owned.length === 0 ? [] : [makeOwned({ topic, partitions: this.owned })];
    consumerProtocolSubscription.write(writer, makeConsumerProtocolSubscription({ topics: [topic], ownedPartitions }), PROTOCOL_VERSION);
    return writer.toBuffer();
  }

  /** What the leader decides. */
  #assignments({ members }: JoinGroupResponse) {
    const { topic, partitions } = this.#place.task;
    const owned = new Map(
      members.map(({ memberId, metadata }) => {
        const reader = new ByteReader(metadata);
        const { ownedPartitions } = consumerProtocolSubscription.read(reader, reader.int16());
        return [memberId, ownedPartitions.flatMap((each) => each.partitions)];
      }),
    );
    return Array.from(assignCooperatively(owned, partitions), ([memberId, own]) => {
      const writer = new ByteWriter();
      writer.int16(PROTOCOL_VERSION);
      const assignedPartitions = own.length === 0 ? [] : [makeAssigned({ topic, partitions: own })];
      consumerProtocolAssignment.write(writer, makeConsumerProtocolAssignment({ assignedPartitions }), PROTOCOL_VERSION);
      return makeSyncGroupRequestAssignment({ memberId, assignment: writer.toBuffer() });
    });
  }
}
