import type { GroupRecord, GroupSnapshot, MemberSnapshot } from "../group-records.ts";
import { type ClassicGroup, newGroup, protocolMetadata } from "./classic-group.ts";
import { type GroupMember, MemberTable } from "./member-table.ts";
import { subscribedTopics } from "./subscribed-topics.ts";

/** What the log keeps of a group: its last completed generation. Members that wait for the next one are no part of it. */
export function groupRecord(group: ClassicGroup): GroupRecord {
  return { kind: "group", groupId: group.groupId, value: snapshotOf(group) };
}

function snapshotOf(group: ClassicGroup): GroupSnapshot {
  const isCompleted = group.state === "Stable";
  return {
    protocolType: group.protocolType ?? "",
    generationId: group.generationId,
    protocolName: isCompleted ? group.protocolName : null,
    leaderId: isCompleted ? group.leaderId : null,
    stateTimestampMs: group.stateTimestampMs,
    members: isCompleted ? memberSnapshots(group) : [],
  };
}

function memberSnapshots({ members, protocolName }: ClassicGroup): MemberSnapshot[] {
  const snapshots: MemberSnapshot[] = [];
  members.forEach((member) => {
    snapshots.push(memberSnapshot(member, protocolName));
  });
  return snapshots;
}

function memberSnapshot(member: GroupMember, protocolName: string | null): MemberSnapshot {
  const { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, assignment } = member;
  const subscription = protocolMetadata(member, protocolName);
  return { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, subscription, assignment };
}

/** The group a snapshot stands for: Stable with its members, who know nothing of a restart, or Empty. */
export function groupOf(groupId: string, snapshot: GroupSnapshot): ClassicGroup {
  const members = new MemberTable(snapshot.members.map((member) => memberOf(member, snapshot.protocolName)));
  const group: ClassicGroup = {
    ...newGroup(groupId, snapshot.stateTimestampMs),
    state: members.size > 0 ? "Stable" : "Empty",
    generationId: snapshot.generationId,
    protocolType: snapshot.protocolType === "" ? null : snapshot.protocolType,
    protocolName: snapshot.protocolName,
    leaderId: snapshot.leaderId,
    members,
  };
  return { ...group, subscribedTopics: subscribedTopics(group) };
}

function memberOf(snapshot: MemberSnapshot, protocolName: string | null): GroupMember {
  const { memberId, groupInstanceId, clientId, clientHost, sessionTimeoutMs, subscription, assignment } = snapshot;
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    // Records of version 0 have no rebalance timeout.
    rebalanceTimeoutMs: snapshot.rebalanceTimeoutMs === -1 ? sessionTimeoutMs : snapshot.rebalanceTimeoutMs,
    sessionTimeoutMs,
    protocols: [{ name: protocolName ?? "", metadata: subscription }],
    assignment,
    isNew: false,
    owesSync: false,
    awaitingJoin: null,
    awaitingSync: null,
  };
}
