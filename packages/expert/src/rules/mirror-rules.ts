import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const IDENTITY = /IdentityReplicationPolicy$/;

/** Ways that are enabled, as `A->B`. */
function enabledWays(settings: Settings): readonly { readonly from: string; readonly to: string; readonly key: string }[] {
  return settings.entries.flatMap(({ key, value }) => {
    const [, from, to] = /^([\w-]+)->([\w-]+)\.enabled$/.exec(key) ?? [];
    return from !== undefined && to !== undefined && value.trim() === "true" ? [{ from, to, key }] : [];
  });
}

function loops(settings: Settings): Hit[] {
  const policy = settings.entries.find(({ key, value }) => key.endsWith("replication.policy.class") && IDENTITY.test(value));
  const ways = enabledWays(settings);
  const both = ways.find(({ from, to }) => ways.some((other) => other.from === to && other.to === from));
  return policy && both
    ? [
        {
          key: policy.key,
          message: `${both.from} and ${both.to} copy to each other under the same names: every record goes round for ever.`,
          evidence: `${policy.key}=${policy.value}, ${both.key}=true`,
        },
      ]
    : [];
}

function mirrorHits(settings: Settings): Hit[] {
  if (!settings.isOf("mirror")) return [];
  const renamed = settings.entries
    .filter(({ key }) => /(topics|groups|config\.properties)\.blacklist$|^(topics|groups)\.whitelist$/.test(key))
    .map(
      ({ key }): Hit => ({
        key,
        severity: "warning",
        message: `${key} is not read any more.`,
        evidence: key,
        fix: `Write ${key.replace("blacklist", "exclude").replace(".whitelist", "")}.`,
      }),
    );
  const unsynced = settings.entries
    .filter(({ key, value }) => key.endsWith("sync.group.offsets.enabled") && value.trim() === "false")
    .map(
      ({ key }): Hit => ({
        key,
        severity: "warning",
        message: "After a failover groups begin where auto.offset.reset says.",
        evidence: evidenceOf(settings, key),
        settings: [{ key, value: "true" }],
      }),
    );
  return [...loops(settings), ...renamed, ...unsynced];
}

/** Kafka's default of a consumer's receive.buffer.bytes. */
const DEFAULT_BUFFER = 65_536;

/** The buffers of the consumers that read the sites which are mirrored from. */
function smallBuffers(settings: Settings, wanted: number): Hit[] {
  if (!settings.isOf("mirror")) return [];
  return [...new Set(enabledWays(settings).map(({ from }) => from))].flatMap((from): Hit[] => {
    const keys = [
      `${from}.consumer.receive.buffer.bytes`,
      `${from}.receive.buffer.bytes`,
      "consumer.receive.buffer.bytes",
      "receive.buffer.bytes",
    ];
    const key = keys.find((each) => settings.has(each));
    const given = key === undefined ? String(DEFAULT_BUFFER) : settings.given(key);
    const bytes = given === undefined || !/^-?\d+$/.test(given) ? undefined : Number(given);
    if (bytes === undefined || bytes < 0 || bytes >= wanted) return [];
    return [
      {
        key: key ?? keys[0]!,
        severity: key === undefined ? "info" : "warning",
        message: `What is read of ${from} goes through a buffer of ${bytes} bytes; ${Math.ceil(wanted)} would keep the line busy.`,
        evidence: key === undefined ? `${keys[0]} is not set; the consumer's default is ${DEFAULT_BUFFER}` : `${key}=${given}`,
        settings: [{ key: key ?? keys[0]!, value: "-1" }],
      },
    ];
  });
}

/** Rules over MirrorMaker 2. */
export const mirrorRules: readonly SettingsRule[] = [
  {
    id: "CON-11",
    name: "mm2",
    severity: "error",
    confidence: "high",
    condition:
      "MirrorMaker 2 with IdentityReplicationPolicy both ways, keys that were renamed, or groups' offsets that are not synchronised",
    why: "The first copies records round for ever; the others do nothing, or lose groups their place at a failover.",
    fix: "Keep DefaultReplicationPolicy where both ways are enabled; write exclude for blacklist; enable sync.group.offsets.",
    source: "Apache Kafka documentation, geo-replication",
    check: mirrorHits,
    examples: [
      {
        kind: "mirror",
        settings: {
          clusters: "a,b",
          "a->b.enabled": "true",
          "b->a.enabled": "true",
          "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
        },
        hits: 1,
      },
      {
        kind: "mirror",
        settings: {
          clusters: "a,b",
          "a->b.enabled": "true",
          "b->a.enabled": "false",
          "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
        },
        hits: 0,
      },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.topics.blacklist": "x" }, hits: 1, severity: "warning" },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.sync.group.offsets.enabled": "false" }, hits: 1, severity: "warning" },
    ],
  },
  {
    id: "BRK-14",
    name: "socket-buffers",
    severity: "warning",
    confidence: "needs context",
    profiles: ["prod", "critical"],
    condition:
      "MirrorMaker 2 reads another site through a receive buffer that is smaller than its bandwidth times its round trip; a note where it is left at the consumer's default of 64 KiB",
    why: "A connection has no more on its way than its buffer: 64 KiB at a round trip of 80 ms are 0.8 MB/s, whatever the line could carry.",
    fix: "Set receive.buffer.bytes of the consumer that reads the other site to 1 to 8 MiB, or to -1, with which the system chooses; the system's own limit (net.core.rmem_max) has to allow it.",
    source: "Apache Kafka documentation, consumer configs: receive.buffer.bytes; bandwidth-delay product",
    thresholds: [
      { name: "roundTrip", meaning: "round trip to the other site", default: 80, unit: "ms", least: 0, most: 60_000 },
      {
        name: "bandwidth",
        meaning: "bytes a second that one connection should carry",
        default: 12_500_000,
        unit: "bytes",
        least: 0,
        most: 1e12,
      },
    ],
    check: (settings, { threshold }) => smallBuffers(settings, (threshold("bandwidth") * threshold("roundTrip")) / 1000),
    examples: [
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "true", "a.consumer.receive.buffer.bytes": "65536" }, hits: 1 },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "true", "a.consumer.receive.buffer.bytes": "999999" }, hits: 1 },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "true", "a.consumer.receive.buffer.bytes": "1000000" }, hits: 0 },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "true", "consumer.receive.buffer.bytes": "-1" }, hits: 0 },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "true" }, hits: 1, severity: "info" },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.enabled": "false" }, hits: 0 },
    ],
  },
];
