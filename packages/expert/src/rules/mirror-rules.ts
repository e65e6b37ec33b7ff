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
      { kind: "mirror", settings: { clusters: "a,b", "a->b.topics.blacklist": "x" }, hits: 1 },
      { kind: "mirror", settings: { clusters: "a,b", "a->b.sync.group.offsets.enabled": "false" }, hits: 1 },
    ],
  },
];
