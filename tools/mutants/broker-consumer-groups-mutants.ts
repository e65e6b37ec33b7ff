import type { Mutant } from "./mutant.ts";

const room = "packages/broker/src/groups/consumer/";
const stories = ["broker/src/groups/transcripts"];
const model = ["broker/src/groups/consumer/consumer-group-model"];
const background = ["broker/src/groups/consumer/background-work"];
const assignors = ["broker/src/groups/consumer/assignors"];
const codec = ["broker/src/groups/consumer/consumer-record-codec"];

/** Faults in groups of the consumer protocol (KIP-848). */
export const brokerConsumerGroupsMutants: readonly Mutant[] = [
  {
    rule: "a partition is not given out before its last owner gave it up",
    file: `${room}reconcile.ts`,
    find: "if (r.partitionEpoch(topicId, partition) === -1 || own?.has(partition))",
    replace: "if (r.partitionEpoch(topicId, partition) >= -1 || own?.has(partition))",
    tests: model,
  },
  {
    rule: "a member stays at its epoch until it gave up what it must",
    file: `${room}reconcile.ts`,
    find: "if (!holdsAny(member.pendingRevocation, r.owned)) return",
    replace: "if (r.owned !== undefined) return",
    tests: model,
  },
  {
    rule: "who says nothing of what it has still has it all",
    file: `${room}partition-epochs.ts`,
    find: "return owned === null || owned.some(",
    replace: "return owned !== null && owned.some(",
    tests: model,
  },
  {
    rule: "a member that waits for others is told apart from one that is done",
    file: `${room}reconcile.ts`,
    find: 'isWaiting ? "unreleased" : "stable"',
    replace: '"stable"',
    tests: model,
  },
  {
    rule: "an older epoch is good only with nothing that is not the member's",
    file: `${room}member-rules.ts`,
    find: "memberEpoch === member.previousMemberEpoch && holdsAll(member.assigned, owned)",
    replace: "memberEpoch === member.previousMemberEpoch",
    tests: stories,
  },
  {
    rule: "the instance id of a living member cannot be had",
    file: `${room}member-rules.ts`,
    find: "  if (!isReleased) {\n",
    replace: '  if (!isReleased && instanceId === "") {\n',
    tests: stories,
  },
  {
    rule: "a static member that comes back keeps its target",
    file: `${room}member-rules.ts`,
    find: 'step.write({ type: "target-member", memberId, value: target });',
    replace: 'step.write({ type: "target-member", memberId, value: new Map() });',
    tests: stories,
  },
  {
    rule: "who does not give up in time is out",
    file: `${room}heartbeat-rules.ts`,
    find: 'if (next.state === "unrevoked") step.setTimer(timer, next.rebalanceTimeoutMs);\n    else step',
    replace: "step",
    tests: stories,
  },
  {
    rule: "who gave up in time is not out",
    file: `${room}decide-consumer-group.ts`,
    find: 'if (timer.kind === "member-revocation" && timer.memberEpoch !== member.memberEpoch) return NOTHING_HAPPENS;\n',
    replace: "",
    tests: ["broker/src/groups/consumer/decide-consumer-group"],
  },
  {
    rule: "a heartbeat moves the session's end",
    file: `${room}heartbeat-rules.ts`,
    find: '  step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);\n',
    replace: "",
    tests: stories,
  },
  {
    rule: "sessions go on after a restart",
    file: `${room}decide-consumer-group.ts`,
    find: '    step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);\n    if',
    replace: "    if",
    tests: stories,
  },
  {
    rule: "changed topics are noticed by the next heartbeat",
    file: `${room}heartbeat-rules.ts`,
    find: "group.members.has(after.memberId) && group.checkedRevision === env.topics.revision",
    replace: "group.members.has(after.memberId) && group.checkedRevision >= 0",
    tests: stories,
  },
  {
    rule: "targets are not made more often than the interval allows",
    file: `${room}target-assignment.ts`,
    find: "nowMs >= group.assignmentTimestampMs + assignmentIntervalMs",
    replace: "nowMs >= group.assignmentTimestampMs",
    tests: stories,
  },
  {
    rule: "a group is classic again with the last member of the consumer protocol gone",
    file: `${room}downgrade.ts`,
    find: "if (group.classicCount - goneClassic !== left || left + comeBack === 0) return false;",
    replace: "return group.classicCount < goneClassic && left + comeBack > 0 && env.nowMs < 0;",
    tests: stories,
  },
  {
    rule: "a classic member is told to join again when the target moved on",
    file: `${room}classic-member-rules.ts`,
    find: "    member.memberEpoch < group.assignmentEpoch ||\n",
    replace: "",
    tests: stories,
  },
  {
    rule: "who waits in JoinGroup is told when the group changes its protocol",
    file: `${room}upgrade.ts`,
    find: "if (awaitingJoin !== null) replies.push(",
    replace: "if (awaitingJoin === -1) replies.push(",
    tests: ["broker/src/groups/consumer/decide-consumer-group"],
  },
  {
    rule: "a pattern that nobody has any more goes, with its topics",
    file: `${room}subscription-rules.ts`,
    find: 'if (old !== "" && subscriptions.regexes.get(old) === 1) step',
    replace: 'if (old === "") step',
    tests: stories,
  },
  {
    rule: "a large target is worked out beside the requests",
    file: `${room}target-assignment.ts`,
    find: "assignmentCost(group, env.topics, member) > INLINE_COST_MAX",
    replace: "assignmentCost(group, env.topics, member) < 0",
    tests: background,
  },
  {
    rule: "a target that is written in part is sorted out by the next one",
    file: `${room}target-assignment.ts`,
    find: "group.targets.isTorn ? untorn(group, member, assignment) : assignment",
    replace: "assignment",
    tests: background,
  },
  {
    rule: "a static member gets what was worked out for it, under whatever id it is there",
    file: `${room}background-rules.ts`,
    find: "instanceId === null ? group.members.get(memberId) : group.staticMember(instanceId)",
    replace: "group.members.get(memberId)",
    tests: ["broker/src/groups/consumer/decide-consumer-group"],
  },
  {
    rule: "a commit at an older epoch counts only for what the member had then",
    file: `${room}commit-check.ts`,
    find: "return since !== undefined && epoch >= since;",
    replace: "return since !== undefined;",
    tests: ["broker/src/groups/consumer/decide-consumer-group"],
  },
  {
    rule: "less moves while extra partitions are fewer than members",
    file: `${room}assignors/uniform-homogeneous.ts`,
    find: "if (quota > 0 && hasExtra && membersLeft > this.#extraCount) {",
    replace: "if (quota > 0 && hasExtra && membersLeft < 0) {",
    tests: assignors,
  },
  {
    rule: "topics are walked through in Java's order",
    file: `${room}assignors/java-order.ts`,
    find: "(one.hash & mask) - (other.hash & mask)",
    replace: "one.hash - other.hash",
    tests: assignors,
  },
  {
    rule: "the epochs of partitions are kept",
    file: `${room}consumer-record-codec.ts`,
    find: ", assignmentEpochs: [...partitions.values()] }",
    replace: " }",
    tests: codec,
  },
];
