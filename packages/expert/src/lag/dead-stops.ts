import { shellWord } from "@ottla/base";
import { printNumber, printSeconds } from "../quantity/print-quantity.ts";
import { type GroupObservation, isSettled } from "./group-observation.ts";
import { partitionName } from "./group-sample.ts";
import type { LagCause } from "./lag-cause.ts";
import { JUDGED_AFTER_MS, type LagReport, type PartitionReport } from "./lag-report.ts";

/** A group that was seen this often outside its stable state keeps rebalancing. */
const UNSTABLE_SAMPLES_MIN = 2;

/** What stops a group, or a partition of it, altogether: no pace is to be judged before that is mended. The gravest first. */
export function findDeadStops(observation: GroupObservation, report: LagReport): readonly LagCause[] {
  const found = [
    findLostRecords(report),
    findLeaderless(report),
    findAbsentMembers(report),
    findRebalance(observation, report),
    findOpenTransactions(report),
    findUnassigned(report),
    ...findStuck(observation, report),
  ];
  return found.filter((cause) => cause !== undefined);
}

function findLostRecords({ groupId, partitions }: LagReport): LagCause | undefined {
  const lost = partitions.filter(
    ({ committed, logStartOffset }) => committed !== undefined && logStartOffset !== undefined && committed < logStartOffset,
  );
  if (lost.length === 0) return undefined;
  const records = lost.reduce((sum, { committed, logStartOffset }) => sum + logStartOffset! - committed!, 0);
  return {
    id: "records-lost",
    what: `Retention or a deletion has taken up to ${printNumber(records)} records before the group read them.`,
    evidence: lost
      .map((partition) => `${partitionName(partition)}: committed ${partition.committed}, the log begins at ${partition.logStartOffset}`)
      .join("; "),
    remedy: "The members go on where auto.offset.reset tells them. Keep records for longer than the longest outage of their readers.",
    commands: [
      ...new Set(lost.map(({ topic }) => `ottla configs describe topic ${shellWord(topic)}`)),
      `ottla offsets show ${shellWord(groupId)}`,
    ],
    partitions: lost.map(partitionName),
  };
}

function findLeaderless({ partitions }: LagReport): LagCause | undefined {
  const leaderless = partitions.filter(({ highWatermark }) => highWatermark === undefined);
  if (leaderless.length === 0) return undefined;
  return {
    id: "no-leader",
    what: `${leaderless.map(partitionName).join(", ")} cannot be read: no leader answers for them, or they are gone.`,
    evidence: "Their ends could not be asked.",
    remedy: "Bring their brokers back; if the topic was deleted, take it out of the subscription.",
    commands: [...new Set(leaderless.map(({ topic }) => `ottla topics describe ${shellWord(topic)}`))],
    partitions: leaderless.map(partitionName),
  };
}

function findAbsentMembers({ groupId, state, members, totalLag, partitions, lossS }: LagReport): LagCause | undefined {
  if (members > 0 || totalLag === 0) return undefined;
  return {
    id: "no-members",
    what: `Nobody reads: the group has no members, and ${totalLag === 1 ? "1 record waits" : `${printNumber(totalLag)} records wait`}.${lossS === undefined || lossS === null ? "" : ` In ${printSeconds(lossS)} the first are lost.`}`,
    evidence: `The coordinator says ${state}.`,
    remedy: "Start its application, or look why it does not join. If the group is not needed any more, delete it.",
    commands: [`ottla groups describe ${shellWord(groupId)}`, `ottla groups delete ${shellWord(groupId)}`],
    partitions: behind(partitions).map(partitionName),
  };
}

function findRebalance({ state, samples, unstableSamples }: GroupObservation, { groupId, partitions }: LagReport): LagCause | undefined {
  if (isSettled(state) && unstableSamples < UNSTABLE_SAMPLES_MIN) return undefined;
  if (samples > 1 && unstableSamples < UNSTABLE_SAMPLES_MIN) return undefined;
  return {
    id: "rebalancing",
    what: isSettled(state)
      ? "The group rebalances again and again."
      : `The group rebalances: its members wait for their partitions (${state}).`,
    evidence: `In ${unstableSamples} of ${samples} samples it was not stable.`,
    remedy:
      "Members that come and go (deployments, crashes), or that take longer than max.poll.interval.ms for what one poll gave, do that. Look into their logs; give them group.instance.id, or lower max.poll.records.",
    commands: [`ottla groups describe ${shellWord(groupId)}`],
    partitions: behind(partitions).map(partitionName),
  };
}

/** Partitions of which all that could be read is read, and the rest is in transactions that are still open. */
function findOpenTransactions({ partitions }: LagReport): LagCause | undefined {
  const waiting = partitions.filter(
    ({ committed, lastStableOffset, highWatermark }) =>
      committed !== undefined &&
      lastStableOffset !== undefined &&
      highWatermark !== undefined &&
      committed >= lastStableOffset &&
      lastStableOffset < highWatermark,
  );
  if (waiting.length === 0) return undefined;
  const [first] = waiting as [PartitionReport];
  return {
    id: "open-transaction",
    what: `An open transaction holds back ${waiting.map(partitionName).join(", ")}: a read_committed consumer may not go past it.`,
    evidence: `${partitionName(first)}: committed ${first.committed}, stable up to ${first.lastStableOffset}, the end is ${first.highWatermark}.`,
    remedy: "If its producer is gone, its timeout ends it; a transaction that hangs beyond that has to be aborted by hand.",
    commands: [`ottla transactions find-hanging --topic ${shellWord(first.topic)}`, "ottla transactions list --state Ongoing"],
    partitions: waiting.map(partitionName),
  };
}

function findUnassigned({ state, members, groupId, partitions }: LagReport): LagCause | undefined {
  const unread = behind(partitions).filter(({ memberId }) => memberId === undefined);
  if (state !== "Stable" || members === 0 || unread.length === 0) return undefined;
  return {
    id: "nobody-assigned",
    what: `No member reads ${unread.map(partitionName).join(", ")}, although the group is stable.`,
    evidence: "The group has committed there before, and no member's assignment names them.",
    remedy: "The members do not subscribe to the topic any more. If that is meant, delete the offsets, so that nobody is told of this lag.",
    commands: [...new Set(unread.map(({ topic }) => `ottla offsets delete ${shellWord(groupId)} --topic ${shellWord(topic)}`))],
    partitions: unread.map(partitionName),
  };
}

/** Partitions that somebody has and that do not move: alone, or with all others of their member. */
function findStuck({ members }: GroupObservation, { partitions, groupId, observedMs }: LagReport): readonly LagCause[] {
  if (observedMs < JUDGED_AFTER_MS) return [];
  const isStuck = (partition: PartitionReport): boolean =>
    (partition.lag ?? 0) > 0 && partition.memberId !== undefined && !partition.consumedPerS;
  const stuckMembers = members.filter(({ memberId }) => {
    const theirs = behind(partitions).filter((partition) => partition.memberId === memberId);
    const moves = partitions.some((partition) => partition.memberId === memberId && (partition.consumedPerS ?? 0) > 0);
    return theirs.length > 0 && !moves;
  });
  const ids = new Set(stuckMembers.map(({ memberId }) => memberId));
  const alone = partitions.filter((partition) => isStuck(partition) && !ids.has(partition.memberId!));
  const causes: LagCause[] = [];
  if (stuckMembers.length > 0) {
    const theirs = behind(partitions).filter(({ memberId }) => memberId !== undefined && ids.has(memberId));
    causes.push({
      id: "stuck-member",
      what: `${stuckMembers.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`).join(", ")} committed nothing meanwhile, although records wait.`,
      evidence: `${theirs.length} partitions with ${printNumber(theirs.reduce((sum, { lag }) => sum + (lag ?? 0), 0))} records did not move.`,
      remedy:
        "It works on one record for long, has paused its partitions, waits for something outside, or fails and begins again. Its log tells; the record it stands at may, too.",
      commands: [`ottla groups describe ${shellWord(groupId)}`, ...theirs.slice(0, 1).map(showRecord)],
      partitions: theirs.map(partitionName),
    });
  }
  if (alone.length > 0)
    causes.push({
      id: "stuck-partition",
      what: `${alone.map(partitionName).join(", ")} do not move, while their members read other partitions.`,
      evidence: alone.map((partition) => `${partitionName(partition)} stands at ${partition.committed ?? "no offset"}`).join("; "),
      remedy:
        "A record there cannot be processed, or the application has paused the partition. Look at the record; let the application put what it cannot process aside.",
      commands: alone.slice(0, 3).map(showRecord),
      partitions: alone.map(partitionName),
    });
  return causes;
}

function showRecord({ topic, partition, committed }: PartitionReport): string {
  return `ottla consume ${shellWord(topic)} --partition ${partition} --offset ${committed ?? "earliest"} --max-messages 1 --json`;
}

function behind(partitions: readonly PartitionReport[]): readonly PartitionReport[] {
  return partitions.filter(({ lag }) => (lag ?? 0) > 0);
}
