import { explainLag, type GroupObservation, type LagReport, type PartitionReport } from "@ottla/expert";

/** Partitions that a page shows, those that are most behind; and that one is given which moves all of them. */
const PARTITIONS_SHOWN_MAX = 500;
const PARTITIONS_ALL_MAX = 20_000;
const MEMBERS_SHOWN_MAX = 1_000;
/** Partitions of a member that are named. */
const NAMED_MAX = 20;

type GroupView = ReturnType<typeof viewOf>;

const views = new WeakMap<LagReport, GroupView>();

/** A group as a page shows it, made once of each look: it may have a hundred thousand partitions, and many may look at it each second. */
export function groupView(observation: GroupObservation, report: LagReport): GroupView {
  const known = views.get(report);
  if (known !== undefined) return known;
  const view = viewOf(observation, report);
  views.set(report, view);
  return view;
}

/** All partitions that one page may move. */
export function allPartitions({ partitions }: LagReport): readonly PartitionReport[] {
  return partitions.slice(0, PARTITIONS_ALL_MAX);
}

function viewOf(observation: GroupObservation, report: LagReport) {
  const { partitions, ...figures } = report;
  const reads = new Map<string, { readonly first: string[]; count: number }>();
  for (const { topic, partition, memberId } of partitions) {
    if (memberId === undefined) continue;
    let own = reads.get(memberId);
    if (own === undefined) reads.set(memberId, (own = { first: [], count: 0 }));
    if (own.first.length < NAMED_MAX) own.first.push(`${topic}:${partition}`);
    own.count++;
  }
  return {
    lag: { ...figures, partitions: mostBehind(partitions), partitionCount: partitions.length },
    members: observation.members.slice(0, MEMBERS_SHOWN_MAX).map((member) => ({
      ...member,
      reads: reads.get(member.memberId) ?? { first: [], count: 0 },
    })),
    causes: explainLag(observation, report).causes,
  };
}

/** The partitions that are most behind, the first most. Not by sorting all of them: that takes its time. */
export function mostBehind(partitions: readonly PartitionReport[], most = PARTITIONS_SHOWN_MAX): readonly PartitionReport[] {
  const lagOf = ({ lag }: PartitionReport): number => lag ?? 0;
  let shown = partitions;
  if (partitions.length > most) {
    const least = Float64Array.from(partitions, lagOf).sort()[partitions.length - most]!;
    const more = partitions.filter((each) => lagOf(each) > least);
    const equal = partitions.filter((each) => lagOf(each) === least);
    shown = [...more, ...equal.slice(0, most - more.length)];
  }
  return [...shown].sort((a, b) => lagOf(b) - lagOf(a));
}
