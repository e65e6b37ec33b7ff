/** Members of many groups, by bare requests from a process of its own: `node group-load.ts TASK`. Prints one JSON line. */
import { setTimeout as sleep } from "node:timers/promises";
import { ByteWriter } from "@ottla/base";
import { RawConnection } from "@ottla/conformance/wire/raw-connection";
import {
  type ConsumerGroupHeartbeatRequest,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { consumerProtocolSubscription, makeConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { findCoordinator } from "./find-coordinator.ts";

export interface GroupLoadTask {
  readonly bootstrap: string;
  readonly topic: string;
  readonly protocol: "classic" | "consumer";
  readonly groups: number;
  readonly members: number;
  /** How often each member sends a heartbeat. */
  readonly intervalMs: number;
  readonly seconds: number;
}

export interface GroupLoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Heartbeats that were not answered with NONE. */
  readonly failures: number;
}

interface Member {
  readonly groupId: string;
  readonly connection: RawConnection;
  memberId: string;
  epoch: number;
}

/** A member has a connection for itself while its group is joined; so many groups are joined at once. */
const GROUPS_AT_ONCE = 20;
const SETTLE_ROUNDS = 8;

async function joinConsumer(member: Member, topic: string): Promise<void> {
  await beat(member, { memberEpoch: 0, rebalanceTimeoutMs: 60_000, subscribedTopicNames: [topic], topicPartitions: [] });
}

/** Confirms at once what it is told, as clients do. */
async function beat(member: Member, said: Partial<ConsumerGroupHeartbeatRequest> = {}): Promise<boolean> {
  const { groupId, memberId, epoch } = member;
  const request = makeConsumerGroupHeartbeatRequest({ groupId, memberId, memberEpoch: epoch, ...said });
  const answer = await member.connection.ask(consumerGroupHeartbeatApi, 1, request);
  if (!answer || answer.errorCode !== 0) return false;
  member.epoch = answer.memberEpoch;
  if (answer.assignment) await beat(member, { topicPartitions: answer.assignment.topicPartitions });
  return true;
}

async function joinClassic(members: readonly Member[], topic: string): Promise<void> {
  const writer = new ByteWriter();
  writer.int16(1);
  consumerProtocolSubscription.write(writer, makeConsumerProtocolSubscription({ topics: [topic] }), 1);
  const protocols = [makeJoinGroupRequestProtocol({ name: "range", metadata: writer.toBuffer() })];
  const join = ({ connection, groupId, memberId }: Member) =>
    connection.ask(
      joinGroupApi,
      9,
      makeJoinGroupRequest({
        groupId,
        memberId,
        sessionTimeoutMs: 45_000,
        rebalanceTimeoutMs: 60_000,
        protocolType: "consumer",
        protocols,
      }),
    );
  for (const member of members) member.memberId = (await join(member))?.memberId ?? "";
  const joined = await Promise.all(members.map(join));
  await Promise.all(
    members.map(async (member, i) => {
      const { groupId, memberId, connection } = member;
      member.epoch = joined[i]?.generationId ?? -1;
      const assignments = (joined[i]?.members ?? []).map((each) =>
        makeSyncGroupRequestAssignment({ memberId: each.memberId, assignment: Buffer.from([0, 1, 0, 0, 0, 0]) }),
      );
      await connection.ask(
        syncGroupApi,
        5,
        makeSyncGroupRequest({
          groupId,
          memberId,
          generationId: member.epoch,
          protocolType: "consumer",
          protocolName: "range",
          assignments,
        }),
      );
    }),
  );
}

async function classicBeat({ connection, groupId, memberId, epoch }: Member): Promise<boolean> {
  const answer = await connection.ask(heartbeatApi, 4, makeHeartbeatRequest({ groupId, memberId, generationId: epoch }));
  return answer?.errorCode === 0;
}

async function main(task: GroupLoadTask): Promise<GroupLoadResult> {
  const { protocol, topic } = task;
  const count = GROUPS_AT_ONCE * task.members;
  const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.open(task.bootstrap)));
  await findCoordinator(connections[0]!);
  // All of its topic's partitions have to be led.
  await sleep(2000);
  const groups = Array.from({ length: task.groups }, (_, g) =>
    Array.from({ length: task.members }, (_, m): Member => {
      const memberId = protocol === "classic" ? "" : `g${g}m${m}-${process.pid}`;
      return { groupId: `${protocol}-${process.pid}-${g}`, connection: connections[(g * task.members + m) % count]!, memberId, epoch: 0 };
    }),
  );
  for (let from = 0; from < groups.length; from += GROUPS_AT_ONCE) {
    const some = groups.slice(from, from + GROUPS_AT_ONCE);
    if (protocol === "classic") await Promise.all(some.map((members) => joinClassic(members, topic)));
    else
      await Promise.all(
        some.map(async (members) => {
          for (const member of members) await joinConsumer(member, topic);
        }),
      );
  }
  const members = groups.flat();
  const byConnection = connections.map((connection) => members.filter((member) => member.connection === connection));
  if (protocol === "consumer") {
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      await Promise.all(
        byConnection.map(async (own) => {
          for (const member of own) await beat(member);
        }),
      );
      await sleep(400);
    }
  }
  const result = await steady(task, byConnection);
  for (const connection of connections) connection.close();
  return result;
}

async function steady(task: GroupLoadTask, byConnection: readonly (readonly Member[])[]): Promise<GroupLoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const startMs = performance.now();
  const endMs = startMs + task.seconds * 1000;
  await Promise.all(
    byConnection.map(async (own, c) => {
      const spacingMs = task.intervalMs / own.length;
      let dueMs = startMs + (spacingMs * c) / byConnection.length;
      for (let i = 0; dueMs < endMs; i++, dueMs += spacingMs) {
        const waitMs = dueMs - performance.now();
        if (waitMs > 1) await sleep(waitMs);
        const member = own[i % own.length]!;
        const sentMs = performance.now();
        const isGood = task.protocol === "classic" ? await classicBeat(member) : await beat(member);
        latencies.push(performance.now() - sentMs);
        if (!isGood) failures++;
      }
    }),
  );
  latencies.sort((one, other) => one - other);
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return { requestsPerSecond: latencies.length / ((performance.now() - startMs) / 1000), p50Ms: at(0.5), p99Ms: at(0.99), failures };
}

process.stdout.write(`${JSON.stringify(await main(JSON.parse(process.argv[2]!) as GroupLoadTask))}\n`);
process.exit(0);
