import { partitionName, type SampledPartition } from "../../lag/group-sample.ts";
import { lagOf } from "../../lag/group-observation.ts";
import { printNumber, printSeconds } from "../../quantity/print-quantity.ts";
import type { GroupSnapshot } from "../../snapshot/group-snapshot.ts";
import { clusterNowMs } from "../../snapshot/cluster-clock.ts";
import { isObserved, valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import type { GroupTrend } from "../cluster-observation.ts";
import { type ClusterView, count, firstOf } from "../cluster-view.ts";
import { exampleGroup, look, looks, quorumReplica } from "../example-cluster.ts";
import { hangingTransaction, inGroup } from "./causes.ts";

const STORM_CHANGES = 3;
const STORM_WINDOW_MS = 600_000;
const IMBALANCE = 1.5;
/** A producer that just began is known to its coordinator by then. */
const HANGING_AFTER_MS = 10_000;

const group = (given: Parameters<typeof exampleGroup>[2]) => ({ read: [exampleGroup("billing", "orders", given)] });
const hanging = (agoMs: number, clockAheadMs = 0) =>
  look({
    quorum: {
      value: { leaderId: 101, leaderEpoch: 3, highWatermark: 5000, voters: [quorumReplica(101, { lateMs: -clockAheadMs })], observers: [] },
    },
    hangingTransactions: {
      value: [
        {
          topic: "orders",
          partition: 1,
          producerId: 7,
          producerEpoch: 2,
          coordinatorEpoch: 5,
          startOffset: 900,
          lastWriteAtMs: Date.UTC(2026, 0, 1) + clockAheadMs - agoMs,
        },
      ],
    },
  });

/** Rules over who is in groups, and where groups stand. */
export const groupShapeRules: readonly ClusterRule[] = [
  {
    id: "GRP-08",
    name: "below-log-start",
    severity: "error",
    confidence: "high",
    harm: "lost",
    needs: ["groups", "offsets"],
    condition: "a group's committed offset is before the beginning of the partition",
    why: "Retention, or somebody, has taken records that it had not read. It goes on where auto.offset.reset says: at the end it skips, at the beginning it reads all that is left.",
    fix: "Decide where it goes on, and set that offset while it has no members; raise retention so that it does not happen again.",
    source: "Apache Kafka documentation, consumer configs",
    check: (view) =>
      readers(view).flatMap(({ groupId, state, positions }): ClusterHit[] => {
        const found = positions.filter(
          ({ committed, logStartOffset }) => committed !== undefined && logStartOffset !== undefined && committed < logStartOffset,
        );
        if (found.length === 0) return [];
        const gone = found.reduce((sum, { committed, logStartOffset }) => sum + logStartOffset! - committed!, 0);
        return [
          {
            subject: `group ${groupId}`,
            message: `Group ${groupId} has lost ${printNumber(gone)} records in ${firstOf(found.map(partitionName), 3)}: they went before it read them.`,
            evidence: `${partitionName(found[0]!)}: committed ${found[0]!.committed}, the partition begins at ${found[0]!.logStartOffset}`,
            ...(state === "Empty" && {
              changes: [
                {
                  kind: "setGroupOffsets" as const,
                  group: groupId,
                  offsets: found.map(({ topic, partition, logStartOffset }) => ({ topic, partition, offset: logStartOffset! })),
                },
              ],
            }),
          },
        ];
      }),
    examples: [
      { observe: () => look(group({ committed: [10, 1000, 1000], starts: [11, 0, 0] })), hits: 1 },
      { observe: () => look(group({ committed: [10, 1000, 1000], starts: [10, 0, 0] })), hits: 0 },
    ],
  },
  {
    id: "GRP-09",
    name: "empty-with-lag",
    severity: "warning",
    confidence: "high",
    harm: "stuck",
    needs: ["groups", "offsets"],
    condition: "a group without members has records waiting",
    why: "Its program is down, or nobody needs it any more.",
    fix: "Start its members, or delete the group.",
    source: "KMinion's metrics of empty groups",
    check: (view) =>
      readers(view).flatMap(({ groupId, members, positions }): ClusterHit[] => {
        const lag = positions.reduce((sum, position) => sum + (position.committed === undefined ? 0 : (lagOf(position) ?? 0)), 0);
        if (members !== 0 || lag === 0) return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `Group ${groupId} has no members, and ${count(lag, "record")} ${lag === 1 ? "waits" : "wait"} for it.`,
            evidence: `state Empty; offsets in ${count(positions.length, "partition")}`,
            ...inGroup("GRP-09", groupId, []),
          },
        ];
      }),
    examples: [
      { observe: () => look(group({ members: {}, committed: [999, 1000, 1000] })), hits: 1 },
      { observe: () => look(group({ members: {} })), hits: 0 },
    ],
  },
  {
    id: "GRP-10",
    name: "rebalance-storm",
    severity: "error",
    confidence: "medium",
    harm: "stuck",
    needs: ["groups", "time"],
    condition: "who is in a group changed more than 3 times within 10 minutes, by what looks and glances between them show",
    why: "Nobody reads while partitions are given out anew, and what was not committed is read again.",
    fix: "Mostly a member that takes longer than max.poll.interval.ms for its records, or one that crashes: look at its log, lower max.poll.records, use static membership or the consumer protocol.",
    source: "Apache Kafka documentation, consumer configs",
    check: (view) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const trend = view.groupTrend(groupId);
        if (
          !trend ||
          trend.changes <= STORM_CHANGES ||
          (trend.changes * STORM_WINDOW_MS) / Math.max(view.watchedMs, STORM_WINDOW_MS) <= STORM_CHANGES
        )
          return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `Group ${groupId} does not settle. ${stormCause(trend)}`,
            evidence: `it changed ${trend.changes} times in ${stormWatch(view)}; ${comebacks(trend)}`,
            ...inGroup("GRP-10", groupId, []),
          },
        ];
      }),
    examples: [
      { observe: () => looks(10_000, ...[1, 2, 3, 4, 5].map((i) => group({ members: { [`a-${i}`]: [0, 1, 2] } }))), hits: 1 },
      { observe: () => looks(10_000, ...[1, 2, 3, 4, 4].map((i) => group({ members: { [`a-${i}`]: [0, 1, 2] } }))), hits: 0 },
    ],
  },
  {
    id: "GRP-11",
    name: "imbalance",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["groups"],
    condition: "a member has more than 1.5 times its share of the partitions, rounded up",
    why: "It is the slowest, and the others wait. The range assignor gives the first members more of every topic.",
    fix: "Use the sticky or cooperative-sticky assignor, or the consumer protocol.",
    source: "Apache Kafka documentation, partition.assignment.strategy",
    check: (view) =>
      readers(view).flatMap(({ groupId, members, positions, assignor }): ClusterHit[] => {
        const assigned = [
          ...Map.groupBy(
            positions.filter(({ memberId }) => memberId !== undefined),
            ({ memberId }) => memberId!,
          ).values(),
        ].map((all) => all.length);
        const share = Math.ceil(assigned.reduce((sum, each) => sum + each, 0) / members);
        const most = Math.max(0, ...assigned);
        if (members < 2 || most <= IMBALANCE * share) return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `One member of group ${groupId} has ${most} partitions; its share is ${share}.`,
            evidence: `${count(members, "member")}, assignor ${assignor ?? "unknown"}`,
          },
        ];
      }),
    examples: [
      { observe: () => look(group({ members: { a: [0, 1, 2, 3], b: [4] }, ends: [1, 1, 1, 1, 1] })), hits: 0 },
      { observe: () => look(group({ members: { a: [0, 1, 2, 3], b: [], c: [] }, ends: [1, 1, 1, 1] })), hits: 1 },
    ],
  },
  {
    id: "GRP-15",
    name: "orphan-offsets",
    severity: "info",
    confidence: "high",
    harm: "untidy",
    needs: ["groups", "topics"],
    condition: "a group without members has offsets of a topic that is not there",
    why: "Should a topic of that name come again, the group begins in the middle of it.",
    fix: "Delete the group, where it has no other offsets. Else they go by themselves when it has been without members for offsets.retention.minutes.",
    source: "practice",
    check: (view) =>
      readers(view).flatMap(({ groupId, members, positions }): ClusterHit[] => {
        const orphans = positions.filter(({ topic, committed }) => committed !== undefined && view.topic(topic) === undefined);
        const kept = positions.some(({ topic, committed }) => committed !== undefined && view.topic(topic) !== undefined);
        if (orphans.length === 0) return [];
        const topics = [...new Set(orphans.map(({ topic }) => topic))];
        return [
          {
            subject: `group ${groupId}`,
            message: `Group ${groupId} has offsets of ${topics.length === 1 ? `the topic ${topics[0]}, which is` : `${topics.length} topics, which are`} not there.`,
            evidence: firstOf(orphans.map(partitionName)),
            // Apache Kafka refuses to delete offsets of a topic that is not there; with its group they go.
            ...(members === 0 && !kept && { changes: [{ kind: "deleteGroup" as const, group: groupId }] }),
          },
        ];
      }),
    examples: [
      { observe: () => look({ read: [exampleGroup("billing", "gone", { members: {} })] }), hits: 1 },
      { observe: () => look(group({ members: {} })), hits: 0 },
    ],
  },
  {
    id: "GRP-16",
    name: "hanging-txn",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["transactions"],
    condition: "a partition has a transaction open that no coordinator will end",
    why: "Readers of committed records wait before it for ever.",
    fix: "Abort it in that partition.",
    source: "KIP-664",
    check: ({ snapshot }) =>
      (valueOf(snapshot.hangingTransactions) ?? []).flatMap((transaction): ClusterHit[] => {
        const { topic, partition, startOffset, producerId, producerEpoch, coordinatorEpoch, lastWriteAtMs } = transaction;
        const idleMs = clusterNowMs(snapshot) - lastWriteAtMs;
        if (idleMs < HANGING_AFTER_MS) return [];
        const name = partitionName(transaction);
        return [
          {
            subject: `partition ${name}`,
            message: `A transaction hangs in ${name} since offset ${startOffset}: readers of committed records stand still there.`,
            evidence: `producer ${producerId} wrote last ${printSeconds(idleMs / 1000)} ago, and no coordinator has a transaction of it in progress`,
            cause: hangingTransaction(name),
            changes: [
              {
                kind: "abortTransaction",
                topic,
                partition,
                startOffset,
                producerId,
                producerEpoch,
                coordinatorEpoch: coordinatorEpoch ?? 0,
              },
            ],
          },
        ];
      }),
    examples: [
      { observe: () => hanging(10_000), hits: 1 },
      { observe: () => hanging(9999), hits: 0 },
      // Clocks apart: the leader's own counts.
      { observe: () => hanging(10_000, 3_600_000), hits: 1 },
      { observe: () => hanging(9999, -3_600_000), hits: 0 },
    ],
  },
  {
    id: "TOP-05",
    name: "idle-members",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["groups"],
    condition: "a settled group has more members than partitions",
    why: "The rest have nothing to do, and cost connections and rebalances.",
    fix: "Run fewer members, or more partitions; a share group gives several members the same partition.",
    source: "Apache Kafka documentation, consumer groups",
    check: (view) =>
      readers(view).flatMap(({ groupId, state, members, positions }): ClusterHit[] => {
        const busy = new Set(positions.flatMap(({ memberId }) => (memberId === undefined ? [] : [memberId]))).size;
        const assigned = positions.filter(({ memberId }) => memberId !== undefined).length;
        if (state !== "Stable" || assigned === 0 || members <= assigned || busy === members) return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `${count(members - busy, "member")} of group ${groupId} ${members - busy === 1 ? "has" : "have"} nothing to read.`,
            evidence: `${members} members, ${count(assigned, "partition")}`,
          },
        ];
      }),
    examples: [
      { observe: () => look(group({ members: { a: [0], b: [1], c: [2], d: [] } })), hits: 1 },
      { observe: () => look(group({ members: { a: [0], b: [1], c: [2] } })), hits: 0 },
    ],
  },
];

interface Reader {
  readonly groupId: string;
  readonly state: string;
  readonly members: number;
  readonly assignor: string | undefined;
  readonly positions: readonly SampledPartition[];
}

/** What most of the changes were, by what can be seen of them. */
function stormCause({ changes, shortChanges, churn: { overruns, losses, restarts }, epoch }: GroupTrend): string {
  const cameBack = overruns + losses + restarts;
  if (cameBack >= STORM_CHANGES && losses > overruns && losses >= restarts)
    return "Programs came again while their former members were still there, until those were expelled: they crash and are started anew, or their sessions are lost (session.timeout.ms).";
  if (cameBack >= STORM_CHANGES && overruns >= restarts)
    return "Its members leave and come again, and commit nothing in between although records wait: processing takes longer than max.poll.interval.ms, or fails at the same record each time.";
  if (shortChanges * 2 > changes)
    return "Members join and go again within moments: a program that ends as soon as it has begun, and is started anew each time.";
  if (cameBack >= STORM_CHANGES) return "The same programs left and came again, and got on in between: they are restarted again and again.";
  if (epoch !== undefined && cameBack === 0) return "Members stayed who they are, and what they subscribe to, or the topics, changed.";
  return "Members came and went, as in a deployment.";
}

function stormWatch({ watchedMs, observation: { looks: many, glances } }: ClusterView): string {
  return `${printSeconds(watchedMs / 1000)} (${count(many, "look")}${glances > 0 ? `, ${count(glances, "glance")}` : ""})`;
}

function comebacks({ churn: { overruns, losses, restarts } }: GroupTrend): string {
  return `of the programs that came again, ${overruns} had committed nothing, ${losses} had not left, ${restarts} had got on`;
}

/** Groups that keep offsets and whose members and positions were seen. */
function readers({ groups }: ClusterView): readonly Reader[] {
  return groups.flatMap(({ groupId, type, state, members, positions, assignor }: GroupSnapshot): Reader[] =>
    type === "share" || !isObserved(members) || !isObserved(positions)
      ? []
      : [{ groupId, state, members: members.value.length, assignor: valueOf(assignor), positions: positions.value }],
  );
}
