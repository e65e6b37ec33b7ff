import { NEWEST_VERSION } from "../../catalogue/settings-catalogue.ts";
import { Settings } from "../../lint/settings.ts";
import type { ClusterChange } from "../../plan/cluster-change.ts";
import { brokerRules } from "../../rules/broker-rules.ts";
import type { Hit, SettingsRule } from "../../rules/rule.ts";
import type { ThresholdOf } from "../../rules/threshold.ts";
import type { Configs } from "../../snapshot/config-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstNames, firstOf } from "../cluster-view.ts";
import { exampleBroker, exampleGroup, exampleTopic, look, settings } from "../example-cluster.ts";
import type { Harm } from "../harm.ts";
import { overTopics, topicConfig, topicsHave } from "./over-topics.ts";
import { MIN_ISR_DEFAULT } from "./topic-copy-rules.ts";

/** Rules over files that hold for what a live broker has in effect as well, and what they mean for those who rely on it. */
const AS_IN_FILES: Readonly<Record<string, Harm>> = {
  "BRK-01": "nextFailure",
  "BRK-05": "untidy",
  "BRK-07": "uneven",
  "BRK-08": "nextFailure",
  "BRK-11": "soon",
  "BRK-16": "uneven",
  "BRK-17": "soon",
  "SEC-04": "exposed",
};

const UNCLEAN = "unclean.leader.election.enable";

/** What differs from broker to broker by its nature. */
const OWN_KEYS =
  /^(broker|node)\.id$|rack|listeners|^log\.dirs?$|^metadata\.log\.dir$|host\.name|^port$|quorum|process\.roles|throttled|keystore|truststore|^ottla\.|^broker\.heartbeat|\.password$|jaas/;

const INTERNAL: readonly (readonly [string, number])[] = [
  ["offsets.topic.replication.factor", 3],
  ["transaction.state.log.replication.factor", 3],
  ["share.coordinator.state.topic.replication.factor", 3],
  ["transaction.state.log.min.isr", 2],
  ["share.coordinator.state.topic.min.isr", 2],
];

const brokers = (set: Readonly<Record<string, string>>, many = 3) =>
  look({ brokers: Array.from({ length: many }, (_, i) => exampleBroker(i + 1, { set })) });

/** Rules over what brokers have in effect. */
export const brokerConfigRules: readonly ClusterRule[] = [
  ...brokerRules
    .filter(({ id }) => id in AS_IN_FILES)
    .map((rule) => (rule.id === "BRK-01" ? onTopicsToo(asInFiles(rule)) : asInFiles(rule))),
  {
    id: "BRK-02",
    name: "default-rf",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["brokerConfigs"],
    profiles: ["prod", "critical"],
    condition: "default.replication.factor below 3 in a cluster of 3 brokers or more",
    why: "Topics that are created without a word on it have too few copies: one failure away from loss.",
    fix: "Set default.replication.factor=3 in every broker's file, and restart them one by one.",
    source: "Apache Kafka documentation, broker configs",
    check: (view) => below(view, [["default.replication.factor", 3]], "New topics that do not ask for more get too few copies."),
    examples: [
      { observe: () => brokers({ "default.replication.factor": "1" }), hits: 1 },
      { observe: () => brokers({ "default.replication.factor": "1" }, 2), hits: 0 },
    ],
  },
  {
    id: "BRK-03",
    name: "min-isr-default",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["brokerConfigs"],
    profiles: ["prod", "critical"],
    condition: "the brokers' min.insync.replicas below 2 in a cluster of 3 brokers or more",
    why: "acks=all then means one copy, for every topic that says nothing else.",
    fix: "Set min.insync.replicas=2 as the cluster's default.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      below(view, [["min.insync.replicas", 2]], "acks=all is satisfied by one copy wherever a topic says nothing else.").map((hit) => ({
        ...hit,
        message: `With acks=all one copy is enough wherever a topic says nothing else.`,
        cause: MIN_ISR_DEFAULT,
        changes: [{ kind: "config", target: { type: "brokers" }, settings: { "min.insync.replicas": "2" } }],
      })),
    examples: [
      { observe: () => brokers({ "min.insync.replicas": "1" }), hits: 1 },
      { observe: () => brokers({ "min.insync.replicas": "2" }), hits: 0 },
    ],
  },
  {
    id: "BRK-04",
    name: "min-isr-in-file-elr",
    severity: "warning",
    confidence: "high",
    harm: "untidy",
    needs: ["brokerConfigs", "features"],
    condition: "eligible leader replicas are on, and min.insync.replicas is set on single brokers",
    why: "It is ignored or refused there: the topic's or the cluster's value counts.",
    fix: "Set it on the topic or as the cluster's default.",
    source: "Apache Kafka 4.1 upgrade notes",
    from: "4.1",
    check: ({ configuredBrokers, snapshot }) => {
      const isOn = snapshot.brokers.some(({ features }) =>
        valueOf(features)?.some(({ name, finalizedLevel }) => name === "eligible.leader.replicas.version" && (finalizedLevel ?? 0) > 0),
      );
      const found = configuredBrokers.filter(({ configs }) => configs["min.insync.replicas"]?.source === "dynamicBroker");
      return !isOn || found.length === 0
        ? []
        : found.map(({ broker, configs }) => ({
            subject: `broker ${broker.nodeId}`,
            message: `Broker ${broker.nodeId} has a min.insync.replicas of its own, which does not count.`,
            evidence: `min.insync.replicas=${configs["min.insync.replicas"]!.value} on the broker; eligible.leader.replicas.version is on`,
            changes: [
              {
                kind: "config" as const,
                target: { type: "broker" as const, nodeId: broker.nodeId },
                settings: { "min.insync.replicas": null },
              },
            ],
          }));
    },
    examples: [
      { observe: () => elr(1), hits: 1 },
      { observe: () => elr(0), hits: 0 },
    ],
  },
  {
    id: "BRK-06",
    name: "internal-rf",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["brokerConfigs"],
    profiles: ["prod", "critical"],
    condition:
      "topics of offsets, transactions or share groups get fewer than 3 copies, or a min ISR below 2, in a cluster of 3 brokers or more",
    why: "Groups, transactions and share groups lose their state with one broker.",
    fix: "Set them to 3 and 2 in every broker's file; topics that are there already have to be reassigned.",
    source: "Apache Kafka documentation, broker configs",
    check: (view) => below(view, INTERNAL, "The state of groups, transactions or share groups is kept in too few copies."),
    examples: [
      { observe: () => brokers({ "offsets.topic.replication.factor": "1" }), hits: 1 },
      { observe: () => brokers({ "offsets.topic.replication.factor": "1" }, 1), hits: 0 },
      { observe: () => brokers({}), hits: 0 },
    ],
  },
  {
    id: "BRK-12",
    name: "replication-size",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["brokerConfigs", "topicConfigs"],
    condition: "a topic's max.message.bytes above the brokers' replica.fetch.response.max.bytes",
    why: "Followers copy such batches one by one, and fall behind.",
    fix: "Raise replica.fetch.response.max.bytes above the largest max.message.bytes.",
    source: "Apache Kafka documentation, broker configs",
    check: (view) => {
      const least = Math.min(
        ...view.configuredBrokers.map(
          ({ broker }) => view.brokerNumber(broker, "replica.fetch.response.max.bytes") ?? Number.POSITIVE_INFINITY,
        ),
      );
      const large = view.topics.filter((topic) => (view.number(topic, "max.message.bytes") ?? 0) > least);
      return large.length === 0
        ? []
        : [
            {
              subject: `topics ${firstNames(large)}`,
              message: `${count(large.length, "topic")} ${large.length === 1 ? "takes" : "take"} batches that are larger than a follower's fetch.`,
              evidence: `max.message.bytes=${view.number(large[0]!, "max.message.bytes")} on ${large[0]!.name}, replica.fetch.response.max.bytes=${least}`,
            },
          ];
    },
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", 3, { "max.message.bytes": "10485761" })] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders", 3, { "max.message.bytes": "10485760" })] }), hits: 0 },
    ],
  },
  {
    id: "BRK-20",
    name: "plain-inter-broker",
    severity: "error",
    confidence: "high",
    harm: "exposed",
    needs: ["brokerConfigs"],
    profiles: ["prod", "critical"],
    condition: "brokers talk to each other without encryption",
    why: "Every record crosses the network readable, and whoever reaches the listener may pose as a broker.",
    fix: "Give the inter-broker listener SSL or SASL_SSL, in two rolling restarts.",
    source: "Apache Kafka documentation, security",
    check: (view) => {
      if (view.brokerCount < 2) return [];
      const plain = view.configuredBrokers.filter(({ configs }) => interBrokerProtocol(configs)?.endsWith("PLAINTEXT"));
      return plain.length === 0
        ? []
        : [
            {
              subject: plain.map(({ broker }) => `broker ${broker.nodeId}`).join(", "),
              message: "Brokers talk to each other without encryption.",
              evidence: `the inter-broker listener is ${interBrokerProtocol(plain[0]!.configs)}`,
            },
          ];
    },
    examples: [
      { observe: () => brokers({ "listener.security.protocol.map": "REPLICATION:PLAINTEXT" }), hits: 1 },
      { observe: () => brokers({}), hits: 0 },
    ],
  },
  {
    id: "BRK-21",
    name: "drift",
    severity: "warning",
    confidence: "high",
    harm: "untidy",
    needs: ["brokerConfigs"],
    condition: "a setting that is not the broker's own has different values on different brokers",
    why: "What happens depends on which broker leads.",
    fix: "Take the odd one away, or give it to all.",
    source: "practice",
    check: drift,
    examples: [
      {
        observe: () => look({ brokers: [exampleBroker(1, { set: { "log.retention.ms": "1" } }), exampleBroker(2), exampleBroker(3)] }),
        hits: 1,
      },
      { observe: () => look({ brokers: [exampleBroker(1, { set: { "log.dirs": "/d1" } }), exampleBroker(2), exampleBroker(3)] }), hits: 0 },
    ],
  },
  {
    id: "BRK-22",
    name: "share-groups-small",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["brokerConfigs", "groups"],
    condition: "there are share groups, and fewer brokers than copies of their state are asked for",
    why: "The topic of their state cannot be made: they never read a record.",
    fix: "Set share.coordinator.state.topic.replication.factor, and its min.isr, to what there are brokers for.",
    source: "KIP-932",
    check: (view) => {
      const wanted = Math.max(
        0,
        ...view.configuredBrokers.map(({ broker }) => view.brokerNumber(broker, "share.coordinator.state.topic.replication.factor") ?? 0),
      );
      const shared = view.groups.filter(({ type }) => type === "share");
      return shared.length === 0 || wanted <= view.brokerCount || view.topic("__share_group_state") !== undefined
        ? []
        : [
            {
              subject: `groups ${firstOf(shared.map(({ groupId }) => groupId))}`,
              message: `Share groups need ${wanted} copies of their state, and there ${view.brokerCount === 1 ? "is 1 broker" : `are ${view.brokerCount} brokers`}.`,
              evidence: `share.coordinator.state.topic.replication.factor=${wanted}`,
            },
          ];
    },
    examples: [
      { observe: () => look({ brokers: [exampleBroker(1)], read: [exampleGroup("jobs", "orders", { type: "share" })] }), hits: 1 },
      { observe: () => look({ read: [exampleGroup("jobs", "orders", { type: "share" })] }), hits: 0 },
    ],
  },
];

/** A rule over a broker's file, asked of what is in effect on live brokers; one hit for all that are alike. */
function asInFiles({ check, examples, ...facts }: SettingsRule): ClusterRule {
  return {
    ...facts,
    harm: AS_IN_FILES[facts.id]!,
    needs: ["brokerConfigs"],
    check: (view, { threshold }) => {
      const hits = view.configuredBrokers.flatMap(({ broker, configs }) =>
        hitsOn(check, configs, view, threshold).map((hit) => ({ nodeId: broker.nodeId, hit, configs })),
      );
      return [...Map.groupBy(hits, ({ hit }) => `${hit.key} ${hit.evidence}`).values()].map((alike): ClusterHit => {
        const [{ hit, configs }] = alike as [(typeof alike)[number]];
        const ids = alike.map(({ nodeId }) => nodeId);
        return {
          subject: ids.length === view.liveBrokers.length && ids.length > 1 ? "all brokers" : ids.map((id) => `broker ${id}`).join(", "),
          message: hit.message,
          evidence: hit.evidence,
          ...(hit.severity && { severity: hit.severity }),
          ...(hit.fix !== undefined && { fix: hit.fix }),
          changes: changesOf(hit, ids, configs),
        };
      });
    },
    examples: examples
      .filter(({ kind }) => kind === "broker")
      .map(({ settings: given, hits, profile }) => ({
        observe: () => look({ brokers: [exampleBroker(1, { configs: { value: settings(given) } })] }),
        hits,
        ...(profile && { profile }),
      })),
  };
}

/** A topic's own word goes before the brokers'. */
function onTopicsToo(rule: ClusterRule): ClusterRule {
  return {
    ...rule,
    check: (view, context) => [...rule.check(view, context), ...uncleanTopics(view)],
    examples: [
      ...rule.examples,
      { observe: () => look({ only: [exampleTopic("orders", 3, { [UNCLEAN]: "true" })] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders", 3, { [UNCLEAN]: "false" })] }), hits: 0 },
    ],
  };
}

function uncleanTopics(view: ClusterView): ClusterHit[] {
  return overTopics(
    view,
    (topic) => {
      const setting = valueOf(topic.configs)?.[UNCLEAN];
      return setting?.value === "true" && setting.source === "dynamicTopic" ? true : undefined;
    },
    (found) => ({
      message: `${topicsHave(found)} unclean leader election allowed: a replica that lacks acknowledged records may become the leader.`,
      evidence: found
        .slice(0, 3)
        .map(({ topic }) => `${topic.name}: ${UNCLEAN}=true`)
        .join("; "),
      fix: `Take ${UNCLEAN} away from the topics; bring the replicas that were in sync back instead.`,
      changes: found.map(({ topic }) => topicConfig(topic.name, { [UNCLEAN]: null })),
    }),
    { internal: true },
  );
}

function hitsOn(check: SettingsRule["check"], configs: Configs, { profile }: ClusterView, threshold: ThresholdOf): readonly Hit[] {
  const entries = Object.entries(configs).flatMap(([key, { value, source }]) =>
    source === "default" || value === null ? [] : [{ key, value, line: 1 }],
  );
  const found =
    check(new Settings({ file: "", part: undefined, kind: "broker", entries }, NEWEST_VERSION), {
      profile,
      threshold,
    }) ?? [];
  return Array.isArray(found) ? (found as readonly Hit[]) : [found as Hit];
}

/** What was changed at run time is changed back so; what stands in a file, only a human can. */
function changesOf({ settings: fixes = [] }: Hit, ids: readonly number[], configs: Configs): readonly ClusterChange[] {
  return fixes.flatMap(({ key, value }): ClusterChange[] => {
    const source = configs[key]?.source;
    const change = { [key]: value ?? null };
    if (source === "dynamicBroker") return ids.map((nodeId) => ({ kind: "config", target: { type: "broker", nodeId }, settings: change }));
    if (source === "dynamicDefaultBroker") return [{ kind: "config", target: { type: "brokers" }, settings: change }];
    const subject = ids.map((id) => `broker ${id}`).join(", ");
    const instruction =
      value === undefined
        ? `Take ${key} out of the file of ${subject}, and restart one after the other.`
        : `Set ${key}=${value} in the file of ${subject}, and restart one after the other.`;
    const was = configs[key]?.value;
    const lines = [...(was == null ? [] : [`-${key}=${was}`]), ...(value === undefined ? [] : [`+${key}=${value}`])];
    return [{ kind: "manual", subject, instruction, ...(lines.length > 0 && { diff: lines.join("\n") }) }];
  });
}

/** Settings below what three brokers can give. */
function below(view: ClusterView, wanted: readonly (readonly [string, number])[], message: string): ClusterHit[] {
  if (view.brokerCount < 3) return [];
  const low = wanted.flatMap(([key, least]) => {
    const values = view.configuredBrokers.map(({ broker }) => view.brokerNumber(broker, key));
    const lowest = Math.min(...values.map((value) => value ?? Number.POSITIVE_INFINITY));
    return lowest < least ? [{ key, lowest, least }] : [];
  });
  if (low.length === 0) return [];
  return [
    {
      subject: "all brokers",
      message,
      evidence: low.map(({ key, lowest }) => `${key}=${lowest}`).join(", "),
      changes: [
        {
          kind: "manual",
          subject: "all brokers",
          instruction: `Set ${low.map(({ key, least }) => `${key}=${least}`).join(", ")} in every broker's file, and restart them one by one.`,
          diff: low.map(({ key, least, lowest }) => `-${key}=${lowest}\n+${key}=${least}`).join("\n"),
        },
      ],
    },
  ];
}

function drift({ configuredBrokers }: ClusterView): ClusterHit[] {
  if (configuredBrokers.length < 2) return [];
  const keys = new Set(configuredBrokers.flatMap(({ configs }) => Object.keys(configs)));
  const differing = [...keys].flatMap((key) => {
    if (OWN_KEYS.test(key)) return [];
    const seen = configuredBrokers.map(({ broker, configs }) => ({ nodeId: broker.nodeId, config: configs[key] }));
    if (seen.some(({ config }) => config?.sensitive)) return [];
    const values = new Set(seen.map(({ config }) => config?.value ?? undefined));
    return values.size > 1 ? [{ key, seen }] : [];
  });
  if (differing.length === 0) return [];
  const odd = differing.flatMap(({ key, seen }) =>
    seen.filter(({ config }) => config?.source === "dynamicBroker").map(({ nodeId }) => ({ key, nodeId })),
  );
  return [
    {
      subject: "all brokers",
      message: `${count(differing.length, "setting")} ${differing.length === 1 ? "differs" : "differ"} from broker to broker: ${firstOf(
        differing.map(({ key }) => key),
        3,
      )}.`,
      evidence: differing
        .slice(0, 3)
        .map(
          ({ key, seen }) => `${key}: ${seen.map(({ nodeId, config }) => `${config?.value ?? "not set"} on broker ${nodeId}`).join(", ")}`,
        )
        .join("; "),
      changes: [...Map.groupBy(odd, ({ nodeId }) => nodeId)].map(([nodeId, some]) => ({
        kind: "config",
        target: { type: "broker", nodeId },
        settings: Object.fromEntries(some.map(({ key }) => [key, null])),
      })),
    },
  ];
}

function interBrokerProtocol(configs: Configs): string | undefined {
  const name = configs["inter.broker.listener.name"]?.value ?? configs["security.inter.broker.protocol"]?.value ?? undefined;
  const mapped = (configs["listener.security.protocol.map"]?.value ?? "")
    .split(",")
    .map((pair) => pair.trim().split(":"))
    .find(([listener]) => listener?.toUpperCase() === name?.toUpperCase())?.[1];
  return (mapped ?? name)?.toUpperCase();
}

function elr(level: number) {
  const features = { value: [{ name: "eligible.leader.replicas.version", minLevel: 0, maxLevel: 1, finalizedLevel: level }] };
  return look({ brokers: [exampleBroker(1, { features, configs: { value: settings({ "min.insync.replicas": "2" }, "dynamicBroker") } })] });
}
