import { randomUUID } from "node:crypto";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import { consumerGroupDescribeApi, makeConsumerGroupDescribeRequest } from "@ottla/protocol/apis/consumer-group-describe";
import {
  type ConsumerGroupHeartbeatRequest,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { type JoinGroupResponse, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import type { Attacker } from "./attacker.ts";
import type { Crowd } from "./crowd.ts";

const ANSWER_MS = 60_000;
const GROUP = "crowd";

/** Answers of one crowd, whose first connection asks more than once. */
class Member {
  readonly #attacker: Attacker;
  #asked = 0;

  constructor(attacker: Attacker) {
    this.#attacker = attacker;
  }

  /** Sends a request; the answer, or undefined where none comes. */
  async ask<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response | undefined> {
    await this.tell(api, version, request);
    if ((await this.#attacker.answers(this.#asked, ANSWER_MS)) !== "answered") return undefined;
    return decodeResponse(api, version, this.#attacker.lastAnswer);
  }

  async tell<Request>(api: Api<Request, unknown>, version: number, request: Request): Promise<void> {
    this.#asked++;
    await this.#attacker.send(Buffer.concat(encodeRequest(api, version, this.#asked, "crowd", request)), ANSWER_MS);
  }

  close(): void {
    this.#attacker.close();
  }
}

async function members(count: number, open: () => Promise<Attacker>): Promise<Member[]> {
  const all: Member[] = [];
  for (let i = 0; i < count; i++) all.push(new Member(await open()));
  await makeCoordinators(all[0]!);
  return all;
}

/** The topic of the groups is made with the first question for a coordinator; before that, nobody joins. */
async function makeCoordinators(asker: Member): Promise<void> {
  for (const endMs = performance.now() + ANSWER_MS; performance.now() < endMs; await pause(100)) {
    const found = await asker.ask(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: GROUP }));
    const listed = await asker.ask(listGroupsApi, 4, makeListGroupsRequest());
    if (found?.errorCode === 0 && listed?.errorCode === 0) return;
  }
  throw new Error("there are no coordinators");
}

/** A crowd in which not everybody did his part says nothing about its size. */
function whole(expected: number, counts: Readonly<Record<string, number>>): string {
  const text = Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");
  if (Object.values(counts).some((count) => count !== expected)) throw new Error(`of ${expected}: ${text}`);
  return text;
}

function withoutError(answers: readonly ({ readonly errorCode: number } | undefined)[]): number {
  return answers.filter((answer) => answer?.errorCode === 0).length;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A member that gets its id with its answer; whoever does not join again in time is out, and by then all have come, also on a busy machine. */
const joining = (members: number) =>
  makeJoinGroupRequest({
    groupId: GROUP,
    sessionTimeoutMs: 120_000,
    rebalanceTimeoutMs: 5000 + 2 * members,
    protocolType: "consumer",
    protocols: [makeJoinGroupRequestProtocol({ name: "range", metadata: Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) })],
  });

/**
 * A generation of so many members that is complete in one moment, when those that did not come are given up. All of them sync at once, they are described together, all leave in one request, and go at once.
 */
export function largeGroup(count: number, isLong: boolean): Crowd {
  return {
    name: `a group of ${count} members`,
    isLong,
    async run(open) {
      const all = await members(count, open);
      const join = joining(count);
      // The first has a generation for itself, and does not come to the next.
      await all[0]!.ask(joinGroupApi, 3, join);
      const others = all.slice(1);
      const joined = await Promise.all(others.map((member) => member.ask(joinGroupApi, 3, join)));
      const inGroup = joined.filter((answer) => answer?.errorCode === 0) as JoinGroupResponse[];
      const assignments = inGroup.map(({ memberId }) => makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.alloc(20) }));
      const synced = await Promise.all(
        joined.map(async (answer, index) => {
          if (answer === undefined) return undefined;
          const { memberId, generationId, leader } = answer;
          const isLeader = memberId === leader;
          const sync = makeSyncGroupRequest({ groupId: GROUP, generationId, memberId, assignments: isLeader ? assignments : [] });
          return others[index]!.ask(syncGroupApi, 3, sync);
        }),
      );
      const asker = all[0]!;
      const described = await asker.ask(describeGroupsApi, 5, makeDescribeGroupsRequest({ groups: [GROUP] }));
      const leaving = inGroup.map(({ memberId }) => makeMemberIdentity({ memberId }));
      const left = await asker.ask(leaveGroupApi, 4, makeLeaveGroupRequest({ groupId: GROUP, members: leaving }));
      for (const member of all) member.close();
      await pause(1000);
      return whole(count - 1, {
        joined: inGroup.length,
        synced: withoutError(synced),
        described: described?.groups[0]?.members.length ?? 0,
        left: withoutError(left?.members ?? []),
      });
    },
  };
}

/** Members of the new protocol that subscribe by an expression, and a topic that comes and suits it. All leave at once. */
export function largeConsumerGroup(count: number, isLong: boolean): Crowd {
  return {
    name: `a consumer group of ${count} members with an expression`,
    isLong,
    async run(open) {
      const groupId = `crowd-${randomUUID()}`;
      const all = (await members(count, open)).map((member) => ({ member, memberId: randomUUID(), memberEpoch: 0 }));
      const beat = async (more: Partial<ConsumerGroupHeartbeatRequest> = {}): Promise<number> => {
        const answers = await Promise.all(
          all.map(({ member, memberId, memberEpoch }) => {
            const heartbeat = makeConsumerGroupHeartbeatRequest({ groupId, memberId, memberEpoch, ...more });
            return member.ask(consumerGroupHeartbeatApi, 1, heartbeat);
          }),
        );
        for (const [index, answer] of answers.entries()) if (answer?.errorCode === 0) all[index]!.memberEpoch = answer.memberEpoch;
        return withoutError(answers);
      };
      const joined = await beat({
        rebalanceTimeoutMs: 60_000,
        subscribedTopicNames: [],
        subscribedTopicRegex: "(stall|crowd)-.*",
        topicPartitions: [],
      });
      const topics = [makeCreatableTopic({ name: `crowd-${randomUUID()}`, numPartitions: 1000, replicationFactor: 1 })];
      const asker = all[0]!.member;
      await asker.ask(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 30_000 }));
      const beaten = await beat();
      const beatenAgain = await beat();
      const described = await asker.ask(consumerGroupDescribeApi, 1, makeConsumerGroupDescribeRequest({ groupIds: [groupId] }));
      const left = await beat({ memberEpoch: -1 });
      for (const { member } of all) member.close();
      await pause(1000);
      const heartbeats = { "heartbeats behind a new topic": beaten, "heartbeats more": beatenAgain };
      return whole(count, { joined, ...heartbeats, described: described?.groups[0]?.members.length ?? 0, left });
    },
  };
}

/** The first commit of a group that has no members: from then on it is listed. */
function firstCommit(groupId: string): Buffer {
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 1 })];
  const topics = [makeOffsetCommitRequestTopic({ name: "stall-topic", partitions })];
  return Buffer.concat(encodeRequest(offsetCommitApi, 7, 1, "crowd", makeOffsetCommitRequest({ groupId, topics })));
}

const findCoordinator = Buffer.concat(encodeRequest(findCoordinatorApi, 3, 1, "crowd", makeFindCoordinatorRequest({ key: GROUP })));

/** Makes so many groups by their commits; false where not all were answered. */
async function makeGroups(groups: number, open: () => Promise<Attacker>): Promise<boolean> {
  const committer = await open();
  await committer.send(findCoordinator);
  await committer.answers(1, 30_000);
  for (let done = 0; done < groups; done += 1000) {
    await committer.send(Buffer.concat(Array.from({ length: 1000 }, (_, index) => firstCommit(`crowd-group-${done + index}`))), 30_000);
    if ((await committer.answers(done + 1001, 60_000)) !== "answered") return false;
  }
  committer.close();
  return true;
}

/** Answers of several MB, asked for with few bytes each, all taken. */
export function listingGroups(groups: number, count: number, isLong: boolean): Crowd {
  const listGroups = Buffer.concat(encodeRequest(listGroupsApi, 4, 1, "crowd", makeListGroupsRequest()));
  return {
    name: `${count} pipelined ListGroups of ${groups} groups`,
    isLong,
    async run(open) {
      if (!(await makeGroups(groups, open))) return "the groups could not be made";
      const attacker = await open();
      const sent = attacker.send(Buffer.concat(Array.from({ length: count }, () => listGroups)), 120_000);
      const ended = await attacker.answers(count, 120_000);
      await sent;
      attacker.close();
      return `${ended}, ${(attacker.answerBytes / 1e6).toFixed(0)} MB`;
    },
  };
}

/** As many groups as one request may name, gone with it. */
export function deletingGroups(groups: number, isLong: boolean): Crowd {
  return {
    name: `${groups} groups deleted in one request`,
    isLong,
    async run(open) {
      if (!(await makeGroups(groups, open))) return "the groups could not be made";
      const [member] = await members(1, open);
      const groupsNames = Array.from({ length: groups }, (_, index) => `crowd-group-${index}`);
      const answer = await member!.ask(deleteGroupsApi, 2, makeDeleteGroupsRequest({ groupsNames }));
      member!.close();
      return whole(groups, { deleted: withoutError(answer?.results ?? []) });
    },
  };
}
