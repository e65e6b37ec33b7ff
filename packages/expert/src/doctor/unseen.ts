import type { NotChecked } from "../lint/finding.ts";
import type { DeployedFirst } from "../rules/rule.ts";
import { printSeconds } from "../quantity/print-quantity.ts";
import { clockAheadMs } from "../snapshot/cluster-clock.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";
import { isObserved, notObserved, type NotObserved, type Observed, valueOf } from "../snapshot/observed.ts";
import type { ClusterObservation } from "./cluster-observation.ts";
import type { ClusterRule, NeededPart } from "./cluster-rule.ts";
import { firstOf } from "./cluster-view.ts";

/** Why a part was not seen anywhere; undefined when some of it was. */
export function unseenPart(
  part: NeededPart,
  { snapshot, looks }: ClusterObservation,
  deployedFirst: DeployedFirst | undefined,
): string | undefined {
  if (part === "deploymentOrder")
    return deployedFirst
      ? undefined
      : "No cluster shows which services are deployed first; say so in ottla.yaml: lint: {deployedFirst: consumers}.";
  if (part === "time") return looks > 1 ? undefined : 'It takes several looks: "ottla doctor --for 30".';
  let first: NotObserved | undefined;
  for (const seen of PARTS[part](snapshot)) {
    if (isObserved(seen)) return undefined;
    first ??= seen;
  }
  return first && reasonText(first);
}

/** All that was not seen, by reason, with the rules that could not look because of it. */
export function notCheckedOf(
  observation: ClusterObservation,
  unasked: readonly (readonly [ClusterRule, string])[],
  isAsked: (rule: string) => boolean,
): readonly NotChecked[] {
  const { snapshot } = observation;
  // Who asks for some rules alone is not told of others.
  const isAbout = ({ subject }: NotChecked): boolean => subject.split(", ").some(isAsked);
  const rules = [...Map.groupBy(unasked, ([, reason]) => reason)].map(([reason, of]) => ({
    subject: firstOf(
      of.map(([{ id }]) => id),
      30,
    ),
    reason,
  }));
  return [
    ...partialLists(snapshot),
    ...rules,
    ...unseenPieces(snapshot),
    ...unreadPages(snapshot),
    ...unsampled(snapshot).filter(isAbout),
    ...clocksApart(snapshot),
    ...NEVER_SHOWN.filter(isAbout),
  ];
}

/**
 * Lists hold only what a login may describe, and brokers do not say that something was left out. What tells is that the cluster as a whole may not be described: that right would show all groups. Topics
 * are a right each; there nothing tells.
 */
export function mayBePartial({ quorum, reassignments }: ClusterSnapshot): boolean {
  return [quorum as Observed<unknown>, reassignments].some((seen) => !isObserved(seen) && seen.notObserved === "refused");
}

/** Why such lists are not all that there is. */
export const PARTIAL_LISTS =
  "not permitted: it may not describe the cluster (Describe on the cluster), so that lists show only what it may describe each by itself; they may be partial.";

function partialLists(snapshot: ClusterSnapshot): readonly NotChecked[] {
  return mayBePartial(snapshot)
    ? [
        {
          subject: "topics and groups that this login may not describe",
          reason: PARTIAL_LISTS,
        },
      ]
    : [];
}

/** Ages are by the cluster's clock then, but for what no broker tells. */
function clocksApart(snapshot: ClusterSnapshot): readonly NotChecked[] {
  const aheadMs = clockAheadMs(snapshot);
  if (aheadMs === undefined) return [];
  const apart = `${printSeconds(Math.abs(aheadMs) / 1000)} ${aheadMs > 0 ? "behind" : "ahead of"}`;
  return [
    {
      subject: "clocks",
      reason: `This machine's clock is ${apart} that of the quorum's leader. Ages of transactions and records are by the leader's; whether certificates are valid is by this machine's.`,
    },
  ];
}

/** A sample tells nothing of the rest. */
function unsampled({ topics, newestRecords }: ClusterSnapshot): readonly NotChecked[] {
  const sample = valueOf(newestRecords)?.length;
  if (sample === undefined) return [];
  let all = 0;
  for (const { internal, partitions } of valueOf(topics) ?? [])
    for (const { offsets } of internal ? [] : partitions) {
      const { highWatermark = 0, logStartOffset = 0 } = valueOf(offsets) ?? {};
      if (highWatermark > logStartOffset) all++;
    }
  return sample >= all
    ? []
    : [
        {
          subject: "TOP-22",
          reason: `Brokers were asked for the newest record of ${sample} of the ${all} partitions that have any: a sample.`,
        },
      ];
}

/** What no call of the protocol shows. Each is looked at in another way, or by nobody. */
const NEVER_SHOWN: readonly NotChecked[] = [
  {
    subject: "TOP-23, TOP-25",
    reason: 'Whether a reader puts aside what it cannot process, and which topics are joined, is in its program: "ottla lint".',
  },
  { subject: "BRK-18, BRK-19", reason: 'Time-outs of clients and the voters\' own files: "ottla lint".' },
  { subject: "PRD, CNS, STR", reason: 'Settings of clients are not on the Kafka protocol; "ottla lint" reads them in files.' },
];

/** Where a part may have been seen: some of it is enough, so that the first that was seen ends the look. */
const PARTS: Readonly<Record<Exclude<NeededPart, "time" | "deploymentOrder">, (snapshot: ClusterSnapshot) => Iterable<Observed<unknown>>>> =
  {
    topics: ({ topics }) => [topics],
    *topicConfigs({ topics }) {
      if (isObserved(topics)) for (const { configs } of topics.value) yield configs;
      else yield topics;
    },
    brokerConfigs: ({ brokers }) => brokers.map(({ configs }) => configs),
    logDirs: ({ brokers }) => brokers.map(({ logDirs }) => logDirs),
    certificates: ({ brokers }) => brokers.map(({ certificates }) => certificates),
    features: ({ brokers }) => brokers.map(({ features }) => features),
    *offsets({ topics }) {
      if (isObserved(topics)) for (const { partitions } of topics.value) for (const { offsets } of partitions) yield offsets;
      else yield topics;
    },
    groups: ({ groups }) => [groups],
    quorum: ({ quorum }) => [quorum],
    reassignments: ({ reassignments }) => [reassignments],
    transactions: ({ hangingTransactions }) => [hangingTransactions],
    acls: ({ acls }) => [acls],
    quotas: ({ quotas }) => [quotas],
    scramUsers: ({ scramUsers }) => [scramUsers],
    newestRecords: ({ newestRecords }) => [newestRecords],
    registry: ({ registry }) => [registry],
    connectors: ({ connectors }) => [connectors],
    brokerMetrics: (snapshot) => [metricsOf(snapshot, "brokers", "a broker")],
    clientMetrics: (snapshot) => [metricsOf(snapshot, "clients", "a producer or consumer")],
    streamsMetrics: (snapshot) => [metricsOf(snapshot, "streams", "a Streams application")],
    recordSample: ({ recordSample }) => [recordSample],
    authorizations: ({ authorizations }) => [authorizations],
    credentials: ({ credentials }) => [credentials],
  };

/** A page of metrics shows one of these as a rule. */
function metricsOf({ metrics }: ClusterSnapshot, part: "brokers" | "clients" | "streams", whose: string): Observed<unknown> {
  if (!isObserved(metrics) || metrics.value[part].length > 0) return metrics;
  return notObserved("absent", `None of the pages of metrics that could be read is one of ${whose}.`);
}

/** Pages of metrics that could not be read, or say nothing. */
function unreadPages({ metrics }: ClusterSnapshot): readonly NotChecked[] {
  return (valueOf(metrics)?.unread ?? []).map(({ page, reason }) => ({ subject: `metrics of ${page}`, reason }));
}

/** Pieces of parts that were seen otherwise: settings of one broker, offsets of some partitions. */
function unseenPieces(snapshot: ClusterSnapshot): readonly NotChecked[] {
  const missing: { readonly what: string; readonly name: string; readonly reason: string }[] = [];
  const look = (what: string, seen: Observed<unknown>, name: () => string): void => {
    if (!isObserved(seen)) missing.push({ what, name: name(), reason: reasonText(seen) });
  };
  for (const { nodeId, state, configs, logDirs, certificates } of snapshot.brokers) {
    if (state !== "alive") continue;
    for (const { listener, certificate } of valueOf(certificates) ?? [])
      look("certificates", certificate, () => `broker ${nodeId}'s listener ${listener}`);
    look("settings", configs, () => `broker ${nodeId}`);
    look("log directories", logDirs, () => `broker ${nodeId}`);
  }
  for (const { name, configs, partitions } of valueOf(snapshot.topics) ?? []) {
    look("settings", configs, () => `topic ${name}`);
    for (const { partition, leader, offsets } of partitions)
      if (leader !== undefined) look("offsets", offsets, () => `${name}:${partition}`);
  }
  for (const { groupId, members, positions } of valueOf(snapshot.groups) ?? []) {
    look("members", members, () => `group ${groupId}`);
    look("positions", positions, () => `group ${groupId}`);
  }
  const whole: readonly (readonly [string, Observed<unknown>])[] = [
    ["transactions", snapshot.transactions],
    ["hanging transactions", snapshot.hangingTransactions],
    ["quotas", snapshot.quotas],
    ["ACLs", snapshot.acls],
    ["SCRAM users", snapshot.scramUsers],
    ["reassignments", snapshot.reassignments],
    ["quorum", snapshot.quorum],
  ];
  for (const [what, seen] of whole) look(what, seen, () => "cluster");
  return [...Map.groupBy(missing, ({ what, reason }) => `${what}\n${reason}`).values()].map((some) => ({
    subject:
      some[0]!.name === "cluster"
        ? some[0]!.what
        : `${some[0]!.what} of ${firstOf(
            some.map(({ name }) => name),
            3,
          )}`,
    reason: some[0]!.reason,
  }));
}

const WORDS: Readonly<Record<NotObserved["notObserved"], string>> = {
  refused: "not permitted",
  unreachable: "out of reach",
  timedOut: "no answer in time",
  unsupported: "the cluster has no such call",
  notShown: "the protocol does not show it",
  absent: "not there",
  notAsked: "not asked",
  failed: "failed",
};

function reasonText({ notObserved, message }: NotObserved): string {
  return `${WORDS[notObserved]}: ${message}`;
}
