import { leastOf } from "@ottla/base";
import { partitionName } from "../../lag/group-sample.ts";
import { lossDeadlineS } from "../../lag/lag-forecast.ts";
import type { LagReport, PartitionReport } from "../../lag/lag-report.ts";
import type { ConfigChange } from "../../plan/cluster-change.ts";
import { printNumber, printSeconds } from "../../quantity/print-quantity.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstOf } from "../cluster-view.ts";
import { exampleGroup, exampleTopic, look, looks } from "../example-cluster.ts";
import { topicConfig } from "./over-topics.ts";
import { inGroup } from "./causes.ts";

const RISING_LOOKS = 10;
const LOSS_WITHIN_S = 3600;
const WEEK_MS = 604_800_000;
const CAPACITY_AFTER_MS = 1_800_000;

const group = (given: Parameters<typeof exampleGroup>[2]) => ({ read: [exampleGroup("billing", "orders", given)] });
/** A group whose commits and ends are so in one look after another. */
const course = (everyMs: number, ...places: readonly (readonly [readonly number[], readonly number[]])[]) =>
  looks(everyMs, ...places.map(([committed, ends]) => group({ committed, ends })));
const MANY = Array.from({ length: 12 }, (_, i) => i);

/** Rules over how groups get on, by Burrow's evaluation and by rates. Each says the cause that is seen, as `ottla lag explain` does. */
export const groupLagRules: readonly ClusterRule[] = [
  {
    id: "GRP-01",
    name: "stop",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["groups", "offsets", "time"],
    condition: "a group committed, and has not for longer than it was seen to commit, while records wait (Burrow: STOP)",
    why: "Its members crashed, were stopped, or no longer subscribe.",
    fix: "Look whether the members run; restart them and read their logs.",
    source: "Burrow, evaluator",
    check: (view) => ofStatus(view, "GRP-01", "STOP", "has stopped committing"),
    examples: [
      {
        observe: () =>
          looks(
            10_000,
            ...[0, 1, 2, 2, 2, 2, 2].map((i, look_) =>
              group({ committed: [i * 100, 1000, 1000], ends: [2000 + look_ * 10, 1000, 1000], ...(look_ > 2 && { members: {} }) }),
            ),
          ),
        hits: 1,
      },
      {
        observe: () =>
          course(
            10_000,
            [
              [1, 9, 9],
              [100, 9, 9],
            ],
            [
              [50, 9, 9],
              [100, 9, 9],
            ],
            [
              [100, 9, 9],
              [100, 9, 9],
            ],
          ),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-02",
    name: "stall",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["groups", "offsets", "time"],
    condition: "a member has a partition where records wait, and its commit does not move (Burrow: STALL)",
    why: "One record that cannot be processed, a member that hangs, or a commit that is never made.",
    fix: "Look at the record at the committed offset and at the member's log; put the record aside if it is the cause.",
    source: "Burrow, evaluator",
    check: (view) => ofStatus(view, "GRP-02", "STALL", "stands still"),
    examples: [
      {
        observe: () => looks(5000, ...MANY.slice(0, 5).map((i) => group({ committed: [5, 1000, 1000], ends: [100 + i, 1000, 1000] }))),
        hits: 1,
      },
      {
        observe: () => looks(5000, ...MANY.slice(0, 5).map((i) => group({ committed: [5 + i, 1000, 1000], ends: [100, 1000, 1000] }))),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-03",
    name: "rewind",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["groups", "offsets", "time"],
    condition: "a group's committed offset went back, and it has not come to where it was again (Burrow: REWIND)",
    why: "Somebody reset it, or a broker lost records in an unclean election: it reads again what it has read.",
    fix: "Find out who reset it; look for an unclean election of the partition's leader.",
    source: "Burrow, evaluator",
    check: rewoundGroups,
    examples: [
      {
        observe: () =>
          course(
            10_000,
            [
              [500, 9, 9],
              [900, 9, 9],
            ],
            [
              [600, 9, 9],
              [900, 9, 9],
            ],
            [
              [100, 9, 9],
              [900, 9, 9],
            ],
            [
              [150, 9, 9],
              [900, 9, 9],
            ],
          ),
        hits: 1,
      },
      {
        observe: () =>
          course(
            10_000,
            [
              [500, 9, 9],
              [900, 9, 9],
            ],
            [
              [600, 9, 9],
              [900, 9, 9],
            ],
            [
              [700, 9, 9],
              [900, 9, 9],
            ],
          ),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-04",
    name: "warn",
    severity: "warning",
    confidence: "high",
    harm: "late",
    needs: ["groups", "offsets", "time"],
    condition: "a group commits, and its lag never gets less (Burrow: WARN)",
    why: "It reads more slowly than records come in.",
    fix: "Add members as far as there are partitions, or make each record cheaper.",
    source: "Burrow, evaluator",
    check: (view) => ofStatus(view, "GRP-04", "WARN", "falls behind"),
    examples: [
      {
        observe: () => looks(5000, ...MANY.slice(0, 5).map((i) => group({ committed: [i * 10, 9, 9], ends: [50 + i * 30, 9, 9] }))),
        hits: 1,
      },
      {
        observe: () => looks(5000, ...MANY.slice(0, 5).map((i) => group({ committed: [i * 30, 9, 9], ends: [200 + i * 10, 9, 9] }))),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-05",
    name: "rising",
    severity: "warning",
    confidence: "high",
    harm: "late",
    needs: ["groups", "offsets", "time"],
    condition: "more records waited in each of 10 looks than in the one before",
    why: "As GRP-04, also for a group that does not commit.",
    fix: "Add members as far as there are partitions, or make each record cheaper.",
    source: "Ottla",
    check: (view) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const trend = view.groupTrend(groupId);
        if (!trend || trend.risingLooks < RISING_LOOKS) return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `The lag of group ${groupId} grows with every look.`,
            evidence: `${printNumber(trend.totalLag ?? 0)} records wait; more each time in ${trend.risingLooks} looks`,
            ...inGroup("GRP-05", groupId, laggingNames(view.lag(groupId))),
          },
        ];
      }),
    examples: [
      { observe: () => looks(1000, ...MANY.slice(0, 11).map((i) => group({ committed: [0, 9, 9], ends: [50 + i, 9, 9] }))), hits: 1 },
      { observe: () => looks(1000, ...MANY.slice(0, 10).map((i) => group({ committed: [0, 9, 9], ends: [50 + i, 9, 9] }))), hits: 0 },
    ],
  },
  {
    id: "GRP-06",
    name: "time-lag",
    severity: "warning",
    confidence: "medium",
    harm: "late",
    needs: ["groups", "offsets", "time"],
    condition: "the oldest record that waits is older than 60 s (an error above 180 s for the profile critical)",
    why: "What readers know is that old.",
    fix: 'Run "ottla lag explain GROUP".',
    source: "kafka-lag-exporter, interpolation",
    thresholds: [
      {
        name: "warnAbove",
        meaning: "how old the oldest record that waits may be",
        default: 60_000,
        unit: "ms",
        least: 1000,
        most: WEEK_MS,
      },
      {
        name: "errorAbove",
        meaning: "how old it may be before it is an error for the profile critical",
        default: 180_000,
        unit: "ms",
        least: 1000,
        most: WEEK_MS,
      },
    ],
    check: (view, { threshold }) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const report = view.lag(groupId);
        const late = report?.timeLagMs;
        if (late === undefined || late <= threshold("warnAbove")) return [];
        return [
          {
            subject: `group ${groupId}`,
            severity: view.profile === "critical" && late > threshold("errorAbove") ? "error" : "warning",
            message: `Group ${groupId} is ${printSeconds(late / 1000)} behind.`,
            evidence: `${printNumber(report!.totalLag)} records wait`,
            fix: `Run "ottla lag explain ${groupId}".`,
            ...inGroup("GRP-06", groupId, laggingNames(report)),
          },
        ];
      }),
    examples: [
      {
        observe: () =>
          looks(60_000, group({ committed: [0, 9, 9], ends: [600, 9, 9] }), group({ committed: [300, 9, 9], ends: [1200, 9, 9] })),
        hits: 1,
      },
      {
        observe: () =>
          looks(60_000, group({ committed: [0, 9, 9], ends: [600, 9, 9] }), group({ committed: [900, 9, 9], ends: [1200, 9, 9] })),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-07",
    name: "loss-deadline",
    severity: "error",
    confidence: "medium",
    harm: "soon",
    needs: ["groups", "offsets", "time"],
    condition: "within an hour, at the rates seen, retention takes records that the group has not read",
    why: "They are lost for it; it goes on where auto.offset.reset says.",
    fix: "Raise retention.ms or retention.bytes of the topic now, then make the group faster.",
    source: "Ottla, from rates",
    check: (view) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const report = view.lag(groupId);
        if (report === undefined || report.totalLag === 0) return [];
        const races = report.partitions.flatMap((partition) => lossRace(view, partition) ?? []);
        if (races.length === 0) return [];
        const lossS = leastOf(races.map((race) => race.lossS));
        return [
          {
            subject: `group ${groupId}`,
            message: `In ${printSeconds(lossS)} retention takes records that group ${groupId} has not read.`,
            evidence: `${printNumber(report.producedPerS ?? 0)} records a second come in, ${printNumber(report.consumedPerS ?? 0)} are read; ${printNumber(report.totalLag)} wait`,
            changes: longerRetention(races),
          },
        ];
      }),
    examples: [
      {
        observe: () => race({ "retention.ms": "600000" }),
        hits: 1,
      },
      { observe: () => race({ "retention.ms": "86400000" }), hits: 0 },
      { observe: () => race({ "retention.ms": "86400000", "retention.bytes": "1000000" }), hits: 1 },
      {
        observe: () =>
          looks(
            60_000,
            group({ committed: [5990, 9, 9], starts: [90, 1, 1], ends: [6000, 9, 9] }),
            group({ committed: [6040, 9, 9], starts: [95, 1, 1], ends: [6050, 9, 9] }),
          ),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-13",
    name: "capacity-mismatch",
    severity: "error",
    confidence: "high",
    harm: "late",
    needs: ["groups", "offsets", "time"],
    condition: "a group read less than came in, over 30 minutes of watching",
    why: "It will never catch up.",
    fix: '"ottla size consumers" tells how many members it takes; partitions bound them.',
    source: "Ottla",
    check: (view) =>
      view.watchedMs < CAPACITY_AFTER_MS
        ? []
        : view.groups.flatMap(({ groupId }): ClusterHit[] => {
            const report = view.lag(groupId);
            if (
              report?.producedPerS === undefined ||
              report.consumedPerS === undefined ||
              report.totalLag === 0 ||
              report.consumedPerS >= report.producedPerS
            )
              return [];
            return [
              {
                subject: `group ${groupId}`,
                message: `Group ${groupId} reads less than comes in, for ${printSeconds(report.observedMs / 1000)} now.`,
                evidence: `${printNumber(report.producedPerS)} records a second come in, ${printNumber(report.consumedPerS)} are read`,
                ...inGroup("GRP-13", groupId, laggingNames(report)),
              },
            ];
          }),
    examples: [
      {
        observe: () =>
          looks(1_800_000, group({ committed: [0, 9, 9], ends: [600, 9, 9] }), group({ committed: [300, 9, 9], ends: [1200, 9, 9] })),
        hits: 1,
      },
      {
        observe: () =>
          looks(1_700_000, group({ committed: [0, 9, 9], ends: [600, 9, 9] }), group({ committed: [300, 9, 9], ends: [1200, 9, 9] })),
        hits: 0,
      },
    ],
  },
  {
    id: "GRP-14",
    name: "max-members",
    severity: "error",
    confidence: "high",
    harm: "late",
    needs: ["groups", "offsets", "time"],
    condition: "a group falls behind though it has a member for each partition",
    why: "More members will not help: a partition is read by one of them.",
    fix: "Make each record cheaper, work in parallel within a member, use a share group where order does not matter, or more partitions.",
    source: "Ottla",
    check: (view) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const report = view.lag(groupId);
        if (report?.status !== "WARN" || report.partitions.length === 0 || report.members < report.partitions.length) return [];
        return [
          {
            subject: `group ${groupId}`,
            message: `Group ${groupId} has a member for each of its ${report.partitions.length} partitions, and still falls behind.`,
            evidence: `${count(report.members, "member")}, ${printNumber(report.totalLag)} records wait`,
            ...inGroup("GRP-14", groupId, laggingNames(report)),
          },
        ];
      }),
    examples: [
      { observe: () => behind({ a: [0], b: [1], c: [2] }), hits: 1 },
      { observe: () => behind({ a: [0, 1], b: [2] }), hits: 0 },
    ],
  },
  {
    id: "GRP-12",
    name: "single-partition-lag",
    severity: "warning",
    confidence: "medium",
    harm: "late",
    needs: ["groups", "offsets"],
    condition: "one partition has more than 80 % of a group's lag, of at least 1,000 records, over at least 3 partitions",
    why: "One key that most records have, or one record that holds the partition up; more members do not help.",
    fix: "Look at the keys of that partition, and at the record at its committed offset.",
    source: "Ottla",
    check: (view) =>
      view.groups.flatMap(({ groupId }): ClusterHit[] => {
        const report = view.lag(groupId);
        if (report === undefined || report.totalLag < 1000 || report.partitions.length < 3) return [];
        const worst = report.partitions.toSorted((a, b) => (b.lag ?? 0) - (a.lag ?? 0))[0]!;
        const share = (worst.lag ?? 0) / report.totalLag;
        if (share <= 0.8) return [];
        const name = partitionName(worst);
        return [
          {
            subject: `group ${groupId}`,
            message: `Of what waits for group ${groupId}, ${Math.round(share * 100)} % is in ${name}.`,
            evidence: `${printNumber(worst.lag ?? 0)} of ${printNumber(report.totalLag)} records, in one of ${report.partitions.length} partitions`,
            ...inGroup("GRP-12", groupId, [name]),
          },
        ];
      }),
    examples: [
      { observe: () => look(group({ committed: [0, 750, 1000] })), hits: 0 },
      { observe: () => look(group({ committed: [0, 1000, 1000] })), hits: 1 },
    ],
  },
];

/** Groups with partitions of a status, with the cause that is seen and what mends it. */
function ofStatus(view: ClusterView, rule: string, status: PartitionReport["status"], what: string): ClusterHit[] {
  return view.groups.flatMap(({ groupId }): ClusterHit[] => {
    const report = view.lag(groupId);
    const found = report?.partitions.filter((partition) => partition.status === status) ?? [];
    if (found.length === 0) return [];
    const names = found.map(partitionName);
    const cause = view.explanation(groupId)?.causes.find(({ id }) => id !== "too-little-seen" && id !== "catching-up");
    const waits = found.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
    return [
      {
        subject: `group ${groupId}`,
        message: `Group ${groupId} ${what} in ${firstOf(names, 3)}.${cause === undefined ? "" : ` ${cause.what}`}`,
        evidence: `${printNumber(waits)} records wait there; watched for ${printSeconds(report!.observedMs / 1000)}${cause === undefined ? "" : `; ${cause.evidence.replace(/\.$/, "")}`}`,
        ...(cause !== undefined && { fix: [cause.remedy, ...cause.commands].join(" ") }),
        ...inGroup(rule, groupId, names),
      },
    ];
  });
}

/** Groups that are behind where they had been while they were watched. */
function rewoundGroups(view: ClusterView): ClusterHit[] {
  return view.groups.flatMap(({ groupId }): ClusterHit[] => {
    const rewinds = [...(view.groupTrend(groupId)?.course.rewinds ?? [])].toSorted(([, a], [, b]) => b.from - b.to - (a.from - a.to));
    if (rewinds.length === 0) return [];
    const names = rewinds.map(([name]) => name);
    const [worst, { from, to, atMs }] = rewinds[0]!;
    const agoMs = view.snapshot.monotonicMs - atMs;
    return [
      {
        subject: `group ${groupId}`,
        message: `Group ${groupId} went back in ${firstOf(names, 3)}, and has not come to where it was again.`,
        evidence: `${worst}: from ${from} to ${to}, ${agoMs === 0 ? "by the last look" : `at least ${printSeconds(agoMs / 1000)} ago`}`,
        ...inGroup("GRP-03", groupId, names),
      },
    ];
  });
}

function laggingNames(report: LagReport | undefined): readonly string[] {
  return report?.partitions.filter(({ lag }) => (lag ?? 0) > 0).map(partitionName) ?? [];
}

/** A partition where retention comes nearer to what a group has not read. */
interface LossRace {
  readonly topic: string;
  readonly lossS: number;
  /** The retention.ms with which the race is not lost within two hours; undefined where it is not time that bounds what is kept. */
  readonly enoughMs: number | undefined;
}

/** Undefined where nothing is lost within the hour. What is kept is as much as there is, or, where time alone bounds it, what comes in that time. */
function lossRace(view: ClusterView, partition: PartitionReport): LossRace | undefined {
  const { topic: name, lag, highWatermark, logStartOffset, producedPerS, consumedPerS } = partition;
  if (!lag || highWatermark === undefined || !logStartOffset || producedPerS === undefined || consumedPerS === undefined) return undefined;
  const topic = view.topic(name);
  const [ms, bytes] = topic ? [view.number(topic, "retention.ms"), view.number(topic, "retention.bytes")] : [];
  const isTimed = bytes === undefined || bytes < 0;
  if (isTimed && ms === -1) return undefined;
  const kept = Math.max(highWatermark - logStartOffset, isTimed && ms !== undefined ? (producedPerS * ms) / 1000 : 0);
  const lossS = lossDeadlineS(lag, kept, { producedPerS, consumedPerS });
  if (lossS > LOSS_WITHIN_S) return undefined;
  const behindByThen = lag + (producedPerS - consumedPerS) * 2 * LOSS_WITHIN_S;
  const enoughMs = Math.ceil(Math.max((ms ?? 0) * 2, (behindByThen / producedPerS) * 1000));
  return { topic: name, lossS, enoughMs: isTimed && ms !== undefined && Number.isFinite(enoughMs) ? enoughMs : undefined };
}

function longerRetention(races: readonly LossRace[]): readonly ConfigChange[] {
  return [...Map.groupBy(races, ({ topic }) => topic)].flatMap(([topic, of]) => {
    const enough = of.flatMap(({ enoughMs }) => enoughMs ?? []);
    return enough.length === 0 ? [] : [topicConfig(topic, { "retention.ms": String(Math.max(...enough)) })];
  });
}

/** A group that reads 10 records a minute of the 6,000 that come, of a topic with these settings. */
function race(set: Readonly<Record<string, string>>) {
  const at = (committed: number, start: number, end: number) => ({
    only: [exampleTopic("orders", 3, set)],
    ...group({ committed: [committed, 9, 9], starts: [start, 1, 1], ends: [end, 9, 9] }),
  });
  return looks(60_000, at(100, 90, 6000), at(110, 95, 12_000));
}

function behind(members: Readonly<Record<string, readonly number[]>>) {
  return looks(5000, ...MANY.slice(0, 5).map((i) => group({ members, committed: [i * 10, 9, 9], ends: [50 + i * 30, 9, 9] })));
}
