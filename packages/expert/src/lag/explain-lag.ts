import { shellWord } from "@ottla/base";
import { printNumber, printSeconds } from "../quantity/print-quantity.ts";
import { findDeadStops } from "./dead-stops.ts";
import type { GroupObservation } from "./group-observation.ts";
import { partitionName } from "./group-sample.ts";
import type { LagCause, LagExplanation } from "./lag-cause.ts";
import { consumersToDrain } from "./lag-forecast.ts";
import type { LagReport, PartitionReport } from "./lag-report.ts";

/** A partition is hot when it takes this many times what the topic's partitions take on average. */
const HOT_RATIO = 3;
/** Of fewer partitions none is called hot. */
const HOT_PARTITIONS_MIN = 3;
/** The backlog is to be gone in this time when the number of consumers is asked for. */
const DRAIN_WITHIN_S = 1800;

/**
 * Why the group is behind, from what was observed: what stops it altogether comes first, then what makes it slow. Says nothing of a group without lag. Causes are told
 * apart by rates, so that less than two samples name only what can be seen at once.
 */
export function explainLag(observation: GroupObservation, report: LagReport): LagExplanation {
  const { groupId } = report;
  const stops = findDeadStops(observation, report);
  if (stops.length > 0 || report.totalLag === 0) return { groupId, causes: stops };
  if (report.producedPerS === undefined || report.consumedPerS === undefined) return { groupId, causes: [tooLittleSeen(report)] };
  const causes = [findSlowMembers(observation, report), findHotPartitions(report), judgePace(report)];
  return { groupId, causes: causes.filter((cause) => cause !== undefined) };
}

function tooLittleSeen({ totalLag }: LagReport): LagCause {
  return {
    id: "too-little-seen",
    what: `The group is ${printNumber(totalLag)} records behind; whether it catches up cannot be told from one look.`,
    evidence: "One sample, or none in which an offset could be read.",
    remedy: "Watch it for some seconds.",
    commands: [],
    partitions: [],
  };
}

/** Members whose partitions fall behind while those of others keep up. */
function findSlowMembers({ members }: GroupObservation, { groupId, partitions }: LagReport): LagCause | undefined {
  if (members.length < 2) return undefined;
  const slow = members.filter(({ memberId }) => fallsBehind(ofMember(partitions, memberId)));
  const busy = members.filter(({ memberId }) => ofMember(partitions, memberId).length > 0);
  if (slow.length === 0 || slow.length === busy.length) return undefined;
  const names = slow.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`);
  const theirs = slow.flatMap(({ memberId }) => ofMember(partitions, memberId));
  return {
    id: "slow-member",
    what: `${slow.length} of ${busy.length} members fall behind, the others keep up: ${names.join(", ")}.`,
    evidence: `Their partitions take ${rate(theirs, "producedPerS")} and give ${rate(theirs, "consumedPerS")}.`,
    remedy:
      "Look at that instance: its CPU, its garbage collection, what it calls. Its records differ from the others' only if its partitions are hot.",
    commands: [`ottla groups describe ${shellWord(groupId)}`],
    partitions: theirs.map(partitionName),
  };
}

function ofMember(partitions: readonly PartitionReport[], memberId: string): readonly PartitionReport[] {
  return partitions.filter((partition) => partition.memberId === memberId);
}

function fallsBehind(partitions: readonly PartitionReport[]): boolean {
  return sum(partitions, "lag") > 0 && sum(partitions, "consumedPerS") < sum(partitions, "producedPerS");
}

/** Partitions that get far more than the others of their topic, and are behind. */
function findHotPartitions({ partitions }: LagReport): LagCause | undefined {
  const hot = partitions.filter((partition) => {
    const siblings = partitions.filter(({ topic }) => topic === partition.topic);
    const mean = sum(siblings, "producedPerS") / siblings.length;
    return siblings.length >= HOT_PARTITIONS_MIN && (partition.lag ?? 0) > 0 && (partition.producedPerS ?? 0) > HOT_RATIO * mean;
  });
  if (hot.length === 0) return undefined;
  const [first] = hot as [PartitionReport];
  return {
    id: "hot-partition",
    what: `${hot.map(partitionName).join(", ")} get far more records than the other partitions of their topic.`,
    evidence: `${partitionName(first)} takes ${rate([first], "producedPerS")}, more than ${HOT_RATIO} times the mean of its topic.`,
    remedy:
      "More members do not help: one partition is read by one member. Find the key that most records have, and choose a finer one, or spread that key over several.",
    commands: [`ottla consume ${shellWord(first.topic)} --partition ${first.partition} --max-messages 100 --json`],
    partitions: hot.map(partitionName),
  };
}

/** Whether the group as a whole is fast enough, and how many members would be. */
function judgePace(report: LagReport): LagCause {
  const { totalLag, partitions, members, groupId, drainS, lossS } = report;
  const producedPerS = report.producedPerS ?? 0;
  const consumedPerS = report.consumedPerS ?? 0;
  const behind = partitions.filter(({ lag }) => (lag ?? 0) > 0).map(partitionName);
  const evidence = `${printNumber(producedPerS)} records a second come in, ${printNumber(consumedPerS)} are read; ${printNumber(totalLag)} wait.`;
  if (drainS !== null && drainS !== undefined)
    return {
      id: "catching-up",
      what: `The group catches up: at this pace it is there in ${printSeconds(drainS)}.`,
      evidence,
      remedy: "Nothing has to be done, if that is soon enough.",
      commands: [],
      partitions: behind,
    };
  const needed =
    consumedPerS > 0 ? consumersToDrain(totalLag, producedPerS, consumedPerS / Math.max(1, members), DRAIN_WITHIN_S) : undefined;
  const inTime = lossS === null || lossS === undefined ? "" : ` In ${printSeconds(lossS)} retention takes records that were not read.`;
  return {
    id: "too-slow",
    what: `All ${members} members together read more slowly than records come in.${inTime}`,
    evidence,
    remedy: paceRemedy(needed, partitions.length),
    commands: [`ottla groups describe ${shellWord(groupId)}`],
    partitions: behind,
  };
}

function paceRemedy(needed: number | undefined, partitions: number): string {
  if (needed === undefined) return "Nothing was read at all meanwhile: look at the members' logs.";
  const within = printSeconds(DRAIN_WITHIN_S);
  if (needed <= partitions) return `Run ${needed} members: that many, at this pace, have worked it off in ${within}.`;
  return `${needed} members would be needed to work it off in ${within}, but there are ${partitions} partitions to share. Make each record cheaper, work in parallel inside a member, or add partitions (which moves keys).`;
}

function sum(partitions: readonly PartitionReport[], field: "lag" | "producedPerS" | "consumedPerS"): number {
  return partitions.reduce((total, partition) => total + (partition[field] ?? 0), 0);
}

function rate(partitions: readonly PartitionReport[], field: "producedPerS" | "consumedPerS"): string {
  return `${printNumber(sum(partitions, field))} records a second`;
}
