import { greatestOf } from "@ottla/base";
import type { ConfigChange } from "../../plan/cluster-change.ts";
import { valueOf } from "../../snapshot/observed.ts";
import { printBytes, printSeconds } from "../../quantity/print-quantity.ts";
import type { TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, firstNames } from "../cluster-view.ts";
import { examplePartition, exampleTopic, look } from "../example-cluster.ts";
import { overTopics, topicConfig, topicsHave } from "./over-topics.ts";

const MIB = 1024 * 1024;
const one = (set: Readonly<Record<string, string>>, name = "orders") => look({ only: [exampleTopic(name, 3, set)] });

/** Rules over topics: their copies and settings. Internal topics are judged where it says so. */
export const topicLiveRules: readonly ClusterRule[] = [
  {
    id: "TOP-10",
    name: "name",
    severity: "warning",
    confidence: "high",
    harm: "untidy",
    needs: ["topics"],
    condition: "names of topics that differ only in . and _",
    why: "Metrics have one name for both.",
    fix: "Create one of them anew under another name.",
    source: "Apache Kafka documentation, topic names",
    check: ({ topics }) =>
      [...Map.groupBy(topics, ({ name }) => name.replaceAll(".", "_")).values()].flatMap((same): ClusterHit[] =>
        same.length < 2
          ? []
          : [
              {
                subject: `topics ${firstNames(same)}`,
                message: `The names ${same.map(({ name }) => name).join(" and ")} are one in metrics.`,
                evidence: `both are ${same[0]!.name.replaceAll(".", "_")}`,
              },
            ],
      ),
    examples: [
      { observe: () => look({ only: [exampleTopic("a.b"), exampleTopic("a_b")] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("a.b"), exampleTopic("a.c")] }), hits: 0 },
    ],
  },
  {
    id: "TOP-11",
    name: "retention-unset",
    severity: "info",
    confidence: "medium",
    harm: "untidy",
    needs: ["topicConfigs"],
    profiles: ["prod", "critical"],
    condition: "a topic that is not compacted has neither retention.ms nor retention.bytes of its own",
    why: "How long its records are kept is the cluster's default: a week, mostly, by accident, and another with the next change of it.",
    fix: "Say how long its records are needed. The plan states what holds now, so that nothing changes by it.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const [ms, bytes] = ["retention.ms", "retention.bytes"].map((key) => valueOf(topic.configs)?.[key]);
          const isAppOwn = /^_|-(changelog|repartition)$/.test(topic.name);
          const isInherited = (entry: typeof ms) => entry !== undefined && entry.source !== "dynamicTopic" && entry.source !== "unknown";
          return !isAppOwn && isDeleting(view.text(topic, "cleanup.policy")) && isInherited(ms) && isInherited(bytes)
            ? (ms!.value ?? undefined)
            : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} a retention that nobody has decided.`,
          evidence: `${found[0]!.topic.name}: retention.ms=${found[0]!.seen} by the brokers' default`,
          changes: found.map(({ topic, seen }) => topicConfig(topic.name, { "retention.ms": seen })),
        }),
      ),
    examples: [
      { observe: () => look({ only: [inheriting("retention.ms", "retention.bytes")] }), hits: 1 },
      { observe: () => look({ only: [inheriting("retention.bytes")] }), hits: 0 },
    ],
  },
  {
    id: "TOP-12",
    name: "retention-unbounded",
    severity: "warning",
    confidence: "high",
    harm: "soon",
    needs: ["topicConfigs"],
    profiles: ["prod", "critical"],
    condition: "records are kept for ever: retention.ms=-1 and retention.bytes=-1, or an empty cleanup.policy, without tiered storage",
    why: "The disk fills, sooner or later.",
    fix: "Bound retention by time or bytes, or keep the old part in tiered storage. A bound of ten times what the largest partition holds takes nothing away today.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const policy = view.text(topic, "cleanup.policy");
          const isEndless =
            policy === "" ||
            (isDeleting(policy) && view.number(topic, "retention.ms") === -1 && view.number(topic, "retention.bytes") === -1);
          return isEndless && view.text(topic, "remote.storage.enable") !== "true" ? policy! : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} neither a time nor a size after which records go.`,
          evidence: `${found[0]!.topic.name}: retention.ms=-1, retention.bytes=-1, cleanup.policy=${found[0]!.seen}`,
          changes: found.flatMap(({ topic, seen }) => (seen === "" ? [] : roomyBound(topic))),
        }),
      ),
    examples: [
      { observe: () => one({ "retention.ms": "-1" }), hits: 1 },
      { observe: () => one({ "retention.ms": "-1", "retention.bytes": "1000000000" }), hits: 0 },
    ],
  },
  {
    id: "TOP-14",
    name: "segment-vs-retention",
    severity: "warning",
    confidence: "high",
    harm: "untidy",
    needs: ["topicConfigs"],
    condition: "segment.ms above retention.ms, or segment.bytes above retention.bytes",
    why: "Only closed segments are deleted: records stay far longer, or take more room, than was asked for.",
    fix: "Set segment.ms or segment.bytes to a fraction of retention.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      overTopics(
        view,
        (topic) => longSegments(view, topic),
        (found) => ({
          message: `${topicsHave(found)} segments longer than ${found.length === 1 ? "its" : "their"} retention: records stay longer than they should.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: ${seen.evidence}`)
            .join("; "),
          changes: found.map(({ topic, seen }) => topicConfig(topic.name, seen.settings)),
        }),
      ),
    examples: [
      { observe: () => one({ "retention.ms": "3600000", "segment.ms": "604800000" }), hits: 1 },
      { observe: () => one({ "retention.ms": "3600000", "segment.ms": "3600000" }), hits: 0 },
      { observe: () => one({ "retention.bytes": "1000000" }), hits: 1 },
      { observe: () => one({ "retention.bytes": "10485760" }), hits: 1 },
      { observe: () => one({ "retention.ms": "1000", "segment.ms": "1001", "retention.bytes": "1000" }), hits: 1 },
      { observe: () => one({ "retention.ms": "0", "segment.ms": "1" }), hits: 0 },
    ],
  },
  {
    id: "TOP-16",
    name: "compact-aggressive",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["topicConfigs"],
    condition: "min.cleanable.dirty.ratio below 0.1 on a compacted topic",
    why: "The cleaner rewrites the log again and again for few new records.",
    fix: "Set it to 0.5; max.compaction.lag.ms says how fresh it has to be.",
    source: "Apache Kafka documentation, log compaction",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const ratio = view.number(topic, "min.cleanable.dirty.ratio");
          return isCompacted(view, topic) && ratio !== undefined && ratio < 0.1 ? ratio : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} a min.cleanable.dirty.ratio under which the cleaner never rests.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: min.cleanable.dirty.ratio=${seen}`)
            .join("; "),
          changes: found.map(({ topic }) => topicConfig(topic.name, { "min.cleanable.dirty.ratio": "0.5" })),
        }),
      ),
    examples: [
      { observe: () => one({ "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01" }), hits: 1 },
      { observe: () => one({ "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1" }), hits: 0 },
    ],
  },
  {
    id: "TOP-17",
    name: "tombstone-window",
    severity: "warning",
    confidence: "needs context",
    harm: "untidy",
    needs: ["topicConfigs"],
    condition: "delete.retention.ms below an hour on a compacted topic",
    why: "A reader that was away for longer never hears of a deletion, and keeps what is gone.",
    fix: "Set it above the longest time that a reader may be away; a day is the default.",
    source: "Apache Kafka documentation, log compaction",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const ms = view.number(topic, "delete.retention.ms");
          return !topic.internal && isCompacted(view, topic) && ms !== undefined && ms < 3_600_000 ? ms : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} tombstones that go after ${printSeconds(found[0]!.seen / 1000)}.`,
          evidence: `${found[0]!.topic.name}: delete.retention.ms=${found[0]!.seen}`,
          changes: found.map(({ topic }) => topicConfig(topic.name, { "delete.retention.ms": "86400000" })),
        }),
      ),
    examples: [
      { observe: () => one({ "cleanup.policy": "compact", "delete.retention.ms": "60000" }), hits: 1 },
      { observe: () => one({ "cleanup.policy": "compact", "delete.retention.ms": "3600000" }), hits: 0 },
    ],
  },
  {
    id: "TOP-18",
    name: "internal-policy",
    severity: "error",
    confidence: "medium",
    harm: "soon",
    needs: ["topicConfigs"],
    condition: "a topic -changelog that is not compacted, or the offsets' or the registry's topic that is not",
    why: "Retention takes state that an application restores from: it comes back with less.",
    fix: "Set cleanup.policy=compact, or compact,delete for stores of windows.",
    source: "Apache Kafka Streams documentation, internal topics",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const policy = view.text(topic, "cleanup.policy");
          const isState = topic.name.endsWith("-changelog") || topic.name === "__consumer_offsets" || topic.name === "_schemas";
          return isState && policy !== undefined && !policy.includes("compact") ? policy : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} state that retention deletes: ${found.length === 1 ? "it is" : "they are"} not compacted.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: cleanup.policy=${seen}`)
            .join("; "),
          changes: found.map(({ topic }) => topicConfig(topic.name, { "cleanup.policy": "compact" })),
        }),
        { internal: true },
      ),
    examples: [
      { observe: () => one({ "cleanup.policy": "delete" }, "app-counts-changelog"), hits: 1 },
      { observe: () => one({ "cleanup.policy": "compact,delete" }, "app-counts-changelog"), hits: 0 },
    ],
  },
  {
    id: "TOP-21",
    name: "large-messages",
    severity: "warning",
    confidence: "needs context",
    harm: "uneven",
    needs: ["topicConfigs"],
    condition: "max.message.bytes above about 1 MiB (error above 10 MiB)",
    why: "Large records hold memory on every broker and client on their way, and delay all behind them.",
    fix: "Put the large part into an object store and send where it is.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const bytes = view.number(topic, "max.message.bytes");
          // Kafka's own default is 12 bytes more than a MiB.
          return bytes !== undefined && bytes > MIB + 12 ? bytes : undefined;
        },
        (found) => {
          const most = greatestOf(found.map(({ seen }) => seen));
          return {
            severity: most > 10 * MIB ? "error" : "warning",
            message: `${topicsHave(found)} room for batches of up to ${printBytes(most)}.`,
            evidence: found
              .slice(0, 3)
              .map(({ topic, seen }) => `${topic.name}: max.message.bytes=${seen}`)
              .join("; "),
          };
        },
      ),
    examples: [
      { observe: () => one({ "max.message.bytes": "2000000" }), hits: 1 },
      { observe: () => one({ "max.message.bytes": "1048588" }), hits: 0 },
    ],
  },
  {
    id: "TOP-24",
    name: "dlq-retention",
    severity: "warning",
    confidence: "medium",
    harm: "soon",
    needs: ["topicConfigs"],
    condition: "a dead-letter topic keeps records for less time, or in fewer copies, than the topic they come from",
    why: "What failed is gone before somebody has looked at it.",
    fix: "Let it keep records at least as long, and in as many copies, as its source.",
    source: "practice of dead-letter queues",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const source = view.topic(topic.name.replace(/[.-](dlq|dlt|dead-letter)$/i, ""));
          if (source === undefined || source === topic) return undefined;
          const [kept, wanted] = [retentionOf(view, topic), retentionOf(view, source)];
          return kept !== undefined && wanted !== undefined && kept < wanted
            ? { kept, wanted, raw: view.text(source, "retention.ms")! }
            : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} a shorter retention than the topic the records come from.`,
          evidence: `${found[0]!.topic.name}: retention.ms=${found[0]!.seen.kept}; its source: ${found[0]!.seen.raw}`,
          changes: found.map(({ topic, seen }) => topicConfig(topic.name, { "retention.ms": seen.raw })),
        }),
      ),
    examples: [
      { observe: () => look({ only: [exampleTopic("orders"), exampleTopic("orders.dlq", 3, { "retention.ms": "86400000" })] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders"), exampleTopic("orders.dlq")] }), hits: 0 },
    ],
  },
  {
    id: "TOP-09",
    name: "unused",
    severity: "info",
    confidence: "medium",
    harm: "untidy",
    needs: ["offsets", "groups"],
    condition: "a topic without a record, that no group reads",
    why: "Nobody seems to need it; it costs files and metadata all the same.",
    fix: "Ask its owner; delete it if there is none.",
    source: "practice",
    check: (view) => {
      const read = new Set(view.groups.flatMap(({ positions }) => ("value" in positions ? positions.value.map(({ topic }) => topic) : [])));
      return overTopics(
        view,
        ({ name, partitions }) =>
          !name.startsWith("_") &&
          !read.has(name) &&
          partitions.length > 0 &&
          partitions.every(({ offsets }) => "value" in offsets && offsets.value.highWatermark === 0)
            ? true
            : undefined,
        (found) => ({
          message: `${topicsHave(found)} no records and no readers, and never had one.`,
          evidence: "all ends are 0; no group has committed or is assigned them",
        }),
      );
    },
    examples: [
      { observe: () => look({ only: [exampleTopic("old", [examplePartition(0, { end: 0 })])] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("old", [examplePartition(0, { end: 1 })])] }), hits: 0 },
    ],
  },
];

/** A topic whose settings are its own, but for these. */
function inheriting(...keys: readonly string[]): TopicSnapshot {
  const topic = exampleTopic("orders");
  const configs = Object.entries(valueOf(topic.configs)!).map(([key, entry]) =>
    keys.includes(key) ? ([key, { ...entry, source: "default" as const }] as const) : ([key, entry] as const),
  );
  return { ...topic, configs: { value: Object.fromEntries(configs) } };
}

/** A bound that takes nothing away today: ten times what the largest partition holds, a GiB at least. Nothing where that was not seen. */
function roomyBound(topic: TopicSnapshot): readonly ConfigChange[] {
  const logs = topic.partitions.flatMap(({ replicas }) => replicas.map(({ log }) => valueOf(log)?.bytes));
  if (logs.includes(undefined)) return [];
  const bytes = Math.max(1024 * MIB, 10 * greatestOf(logs.map((each) => each!)));
  return [topicConfig(topic.name, { "retention.bytes": String(bytes) })];
}

function isDeleting(policy: string | undefined): boolean {
  return policy !== undefined && policy.split(",").some((word) => word.trim() === "delete");
}

function isCompacted(view: ClusterView, topic: TopicSnapshot): boolean {
  return view.text(topic, "cleanup.policy")?.includes("compact") ?? false;
}

function retentionOf(view: ClusterView, topic: TopicSnapshot): number | undefined {
  const ms = view.number(topic, "retention.ms");
  return ms === -1 ? Number.POSITIVE_INFINITY : ms;
}

function longSegments(
  view: ClusterView,
  topic: TopicSnapshot,
): { readonly evidence: string; readonly settings: Readonly<Record<string, string>> } | undefined {
  if (!isDeleting(view.text(topic, "cleanup.policy"))) return undefined;
  const [retentionMs, segmentMs] = [view.number(topic, "retention.ms"), view.number(topic, "segment.ms")];
  const [retentionBytes, segmentBytes] = [view.number(topic, "retention.bytes"), view.number(topic, "segment.bytes")];
  const evidence: string[] = [];
  const settings: Record<string, string> = {};
  // No segment is shorter than a millisecond.
  if (retentionMs !== undefined && segmentMs !== undefined && retentionMs >= 0 && segmentMs > Math.max(1, retentionMs)) {
    evidence.push(`segment.ms=${segmentMs}, retention.ms=${retentionMs}`);
    settings["segment.ms"] = String(Math.max(1, Math.min(retentionMs, Math.max(60_000, Math.floor(retentionMs / 5)))));
  }
  if (retentionBytes !== undefined && segmentBytes !== undefined && retentionBytes >= 0 && segmentBytes > retentionBytes) {
    evidence.push(`segment.bytes=${segmentBytes}, retention.bytes=${retentionBytes}`);
    settings["segment.bytes"] = String(Math.max(MIB, Math.floor(retentionBytes / 5)));
    // A segment has at least a MiB, so that less cannot be kept.
    if (retentionBytes < MIB) settings["retention.bytes"] = String(5 * MIB);
  }
  return evidence.length === 0 ? undefined : { evidence: evidence.join(", "), settings };
}
