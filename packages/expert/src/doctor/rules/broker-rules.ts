import { printBytes, printSeconds } from "../../quantity/print-quantity.ts";
import { isObserved, valueOf } from "../../snapshot/observed.ts";
import type { ClusterContext, ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { diskName } from "../cluster-observation.ts";
import { type ClusterView, count, firstNames } from "../cluster-view.ts";
import { downBroker, exampleBroker, examplePartition, exampleTopic, look, looks } from "../example-cluster.ts";
import { brokerDown, logDirDown } from "./causes.ts";

const DISK_WARN = 0.7;
const DISK_ERROR = 0.8;
const DISK_CRITICAL = 0.9;
const DAY_MS = 86_400_000;
const FILLING_WATCH_MS = 1_800_000;
const FULL_WARN_DAYS = 14;
const FULL_ERROR_DAYS = 3;
const FAR_FROM_MEAN = 0.1;
/** Of less data a skew is chance. */
const SKEW_BYTES_MIN = 1e9;

/** Rules over brokers: whether they are there, and their disks. */
export const brokerLiveRules: readonly ClusterRule[] = [
  {
    id: "CLU-19",
    name: "broker-down",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics"],
    condition: "partitions have replicas on a broker that is not among the live ones",
    why: "Its partitions have a copy less; the next failure loses what only one broker has, or stops writes.",
    fix: "Start the broker again. If it is gone for good, reassign its replicas to others and unregister it.",
    source: "Apache Kafka documentation, operations",
    check: brokersDown,
    examples: [
      { observe: () => look({ brokers: [exampleBroker(1), exampleBroker(2), downBroker(3)] }), hits: 1 },
      { observe: () => look(), hits: 0 },
    ],
  },
  {
    id: "CLU-20",
    name: "broker-out-of-reach",
    severity: "error",
    confidence: "medium",
    harm: "nextFailure",
    needs: [],
    condition: "a broker that the cluster lists as live does not answer at the address it advertises, or another one does",
    why: "Clients cannot use the partitions it leads. Mostly advertised.listeners names what only the broker's own network knows.",
    fix: 'Run "ottla probe HOST:PORT" for that address from where the clients run; correct advertised.listeners, DNS or the firewall.',
    source: "Apache Kafka documentation, listener configuration",
    check: ({ snapshot }) =>
      snapshot.brokers.flatMap(({ nodeId, state, endpoint, apis, answeredBy }) =>
        answeredBy !== undefined
          ? [
              {
                subject: `broker ${nodeId}`,
                message: `Broker ${nodeId} is alive, but at ${endpoint?.host}:${endpoint?.port}, where it says it is, another broker answers: ${answeredBy}.`,
                evidence: `Asked for the settings of broker ${nodeId}, it says that it is broker ${answeredBy}.`,
                fix: `Correct advertised.listeners of broker ${nodeId}, or what leads from ${endpoint?.host}:${endpoint?.port} to broker ${answeredBy}: each broker needs an address of its own.`,
                cause: `broker ${nodeId} is out of reach`,
              },
            ]
          : state === "alive" && !isObserved(apis) && (apis.notObserved === "unreachable" || apis.notObserved === "timedOut")
            ? [
                {
                  subject: `broker ${nodeId}`,
                  message: `Broker ${nodeId} is alive, but nobody answers from here at ${endpoint?.host}:${endpoint?.port}, where it says it is.`,
                  evidence: apis.message,
                  fix: `Run "ottla probe ${endpoint?.host}:${endpoint?.port}"; then correct advertised.listeners, DNS or the firewall.`,
                  cause: `broker ${nodeId} is out of reach`,
                },
              ]
            : [],
      ),
    examples: [
      {
        observe: () =>
          look({
            brokers: [
              exampleBroker(1),
              exampleBroker(2),
              exampleBroker(3, { apis: { notObserved: "unreachable", message: "No connection." } }),
            ],
          }),
        hits: 1,
      },
      { observe: () => look({ brokers: [exampleBroker(1), exampleBroker(2), exampleBroker(3, { answeredBy: 1 })] }), hits: 1 },
      {
        observe: () =>
          look({
            brokers: [exampleBroker(1), exampleBroker(2), exampleBroker(3, { apis: { notObserved: "notAsked", message: "Too late." } })],
          }),
        hits: 0,
      },
    ],
  },
  {
    id: "TOP-13",
    name: "disk-exhaust",
    severity: "warning",
    confidence: "medium",
    harm: "soon",
    needs: ["logDirs", "time"],
    condition:
      "a volume would be full within 14 days at the rate at which it filled over at least 30 minutes of watching; an error within 3 days",
    why: "A broker whose disk is full stops, with all that it leads. A day has its hours: the longer it is watched, the surer.",
    fix: "Shorten retention of what grows, add a disk or a broker, or keep the old part in tiered storage.",
    source: "practice",
    check: fillingDisks,
    examples: [
      { observe: () => filling(0.05), hits: 1, severity: "error" },
      { observe: () => filling(0.001), hits: 0 },
    ],
  },
  {
    id: "CLU-10",
    name: "offline-logdir",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["logDirs"],
    condition: "a broker cannot use one of its log directories",
    why: "Every replica in it is down until the disk is back or replaced.",
    fix: "Replace or mount the disk, then restart the broker: it copies what it lacks from the leaders.",
    source: "Apache Kafka documentation, operations",
    check: ({ snapshot }) =>
      snapshot.brokers.flatMap(({ nodeId, logDirs }) =>
        (valueOf(logDirs) ?? []).flatMap(({ path, offline }): ClusterHit[] =>
          offline === undefined
            ? []
            : [
                {
                  subject: `broker ${nodeId}`,
                  message: `Broker ${nodeId} cannot use its log directory ${path}.`,
                  evidence: offline,
                  cause: logDirDown(nodeId),
                  explainedBy: [brokerDown(nodeId)],
                  changes: [
                    {
                      kind: "manual",
                      subject: `broker ${nodeId}`,
                      instruction: `Replace or mount the disk under ${path} of broker ${nodeId}, then restart the broker.`,
                    },
                  ],
                },
              ],
        ),
      ),
    examples: [
      {
        observe: () =>
          look({
            brokers: [
              exampleBroker(1, {
                logDirs: {
                  value: [
                    { path: "/d1", totalBytes: undefined, usableBytes: undefined, replicas: 0, replicaBytes: 0, offline: "Disk error." },
                  ],
                },
              }),
            ],
          }),
        hits: 1,
      },
      { observe: () => look(), hits: 0 },
    ],
  },
  {
    id: "CLU-09",
    name: "disk",
    severity: "warning",
    confidence: "high",
    harm: "soon",
    needs: ["logDirs"],
    condition: "a log directory's volume is more than 70 % full (error above 80 %); for a developer's machine, more than 90 %",
    why: "A full disk stops the broker; what the others then have to take may fill theirs.",
    fix: "Shorten retention of the largest topics, move replicas to other brokers, or add disk.",
    source: "Apache Kafka documentation, operations; Cruise Control's default capacity threshold 0.8",
    thresholds: [
      { name: "warnAbove", meaning: "the share of a volume that may be used", default: DISK_WARN, unit: "ratio", least: 0.1, most: 1 },
      {
        name: "errorAbove",
        meaning: "the share that may be used before it is an error",
        default: DISK_ERROR,
        unit: "ratio",
        least: 0.1,
        most: 1,
      },
    ],
    check: fullDisks,
    examples: [
      { observe: () => look({ brokers: [diskOf(1, 1000, 299)] }), hits: 1 },
      { observe: () => look({ brokers: [diskOf(1, 1000, 300)] }), hits: 0 },
      { observe: () => look({ brokers: [diskOf(1, 1000, 200)] }), hits: 1 },
      { observe: () => look({ brokers: [diskOf(1, 1000, 199)] }), hits: 1, severity: "error" },
      { observe: () => look({ brokers: [diskOf(1, 1000, 50)] }), hits: 1, severity: "error" },
      { observe: () => look({ brokers: [diskOf(1, 1000, 100)] }), hits: 0, profile: "dev" },
    ],
  },
  {
    id: "CLU-08",
    name: "disk-skew",
    severity: "warning",
    confidence: "medium",
    harm: "uneven",
    needs: ["logDirs"],
    profiles: ["prod", "critical"],
    condition: "a broker holds more than 10 % more bytes than the mean of the brokers, of at least 1 GB",
    why: "The fullest disk decides how much the cluster can keep.",
    fix: "Move replicas from the fullest brokers to the emptiest.",
    source: "Cruise Control's balance threshold 1.10",
    check: diskSkew,
    examples: [
      { observe: () => look({ brokers: [holding(1, 10e9), holding(2, 10e9), holding(3, 13e9)] }), hits: 1 },
      { observe: () => look({ brokers: [holding(1, 10e9), holding(2, 10e9), holding(3, 11e9)] }), hits: 0 },
    ],
  },
  {
    id: "CLU-15",
    name: "rack-missing",
    severity: "warning",
    confidence: "high",
    harm: "nextFailure",
    needs: [],
    profiles: ["prod", "critical"],
    condition: "some brokers name a rack and others do not, or racks differ by more than one broker",
    why: "Replicas are spread over racks only where all brokers say theirs; uneven racks are filled unevenly.",
    fix: "Set broker.rack on every broker, and restart them one by one.",
    source: "Apache Kafka documentation, rack awareness",
    check: racks,
    examples: [
      { observe: () => look({ brokers: [exampleBroker(1), exampleBroker(2), exampleBroker(3, { rack: undefined })] }), hits: 1 },
      { observe: () => look({ brokers: [1, 2, 3].map((id) => exampleBroker(id, { rack: undefined })) }), hits: 0 },
    ],
  },
  {
    id: "CLU-14",
    name: "version-mix",
    severity: "warning",
    confidence: "medium",
    harm: "untidy",
    needs: ["features"],
    condition:
      "brokers support different levels of a feature, or the cluster uses a lower level of metadata.version, or of another feature that it uses, than all of them can",
    why: "An upgrade that is half done keeps old formats, and new functions off; a rolled-back broker may not read the new ones.",
    fix: "Finish the upgrade: all brokers on one version, then kafka-features upgrade.",
    source: "Apache Kafka documentation, upgrading",
    check: versions,
    examples: [
      { observe: () => look({ brokers: [withLevels(1, 33, 25), withLevels(2, 30, 25)] }), hits: 1 },
      { observe: () => look({ brokers: [withLevels(1, 33, 25), withLevels(2, 33, 25)] }), hits: 1, severity: "info" },
      { observe: () => look({ brokers: [withLevels(1, 33, 33), withLevels(2, 33, 33)] }), hits: 0 },
      { observe: () => look({ brokers: [withLevels(1, 33, 33, [3, 2]), withLevels(2, 33, 33, [3, 2])] }), hits: 1, severity: "info" },
      { observe: () => look({ brokers: [withLevels(1, 33, 33, [2, 2]), withLevels(2, 33, 33, [2, 2])] }), hits: 0 },
    ],
  },
  {
    id: "TOP-08",
    name: "too-many",
    severity: "warning",
    confidence: "needs context",
    harm: "uneven",
    needs: ["topics"],
    condition: "more than 4,000 replicas on a broker (error above 10,000), or more than 200,000 in the cluster",
    why: "Each costs memory, file handles, and a share of every fetch of replication; a restart has them all to open.",
    fix: "Merge topics that are hardly used, use fewer partitions, or add brokers.",
    source: "Cruise Control's replica capacity goal; Apache Kafka documentation",
    check: tooManyReplicas,
    examples: [
      { observe: () => look({ only: [manyPartitions(4001)] }), hits: 3 },
      { observe: () => look({ only: [manyPartitions(4000)] }), hits: 0 },
    ],
  },
];

function brokersDown({ snapshot, partitions }: ClusterView): ClusterHit[] {
  return snapshot.brokers
    .filter(({ state }) => state !== "alive")
    .map(({ nodeId, state }) => {
      const held = partitions.filter(({ partition }) => partition.replicas.some(({ broker }) => broker === nodeId));
      const dark = held.filter(({ partition }) => partition.leader === undefined);
      return {
        subject: `broker ${nodeId}`,
        message: `Broker ${nodeId} is ${state === "fenced" ? "fenced" : "down"}: ${count(held.length, "partition")} ${held.length === 1 ? "lacks its" : "lack their"} replica on it${dark.length === 0 ? "" : `, ${dark.length} of them cannot be read or written at all`}.`,
        evidence: `The cluster's metadata does not list broker ${nodeId}; ${firstNames(held)} name it.`,
        cause: brokerDown(nodeId),
        changes: [
          {
            kind: "manual",
            subject: `broker ${nodeId}`,
            instruction: `Start broker ${nodeId}; its log says why it stopped. If it is gone for good, reassign its replicas and run "kafka-cluster.sh unregister --id ${nodeId}".`,
          },
        ],
      };
    });
}

function fullDisks({ snapshot, profile }: ClusterView, { threshold }: ClusterContext): ClusterHit[] {
  const [warnAbove, errorAbove] = [threshold("warnAbove"), threshold("errorAbove")];
  return snapshot.brokers.flatMap(({ nodeId, logDirs }) =>
    (valueOf(logDirs) ?? []).flatMap(({ path, totalBytes, usableBytes }): ClusterHit[] => {
      if (totalBytes === undefined || usableBytes === undefined || totalBytes === 0) return [];
      const used = 1 - usableBytes / totalBytes;
      // A developer's disk holds more than the broker.
      if (used <= (profile === "dev" ? Math.max(DISK_CRITICAL, warnAbove) : warnAbove)) return [];
      const percent = Math.floor(used * 100);
      return [
        {
          subject: `broker ${nodeId}`,
          severity: used > errorAbove && profile !== "dev" ? "error" : "warning",
          harm: used > DISK_CRITICAL ? "soon" : "nextFailure",
          message: `The volume under ${path} of broker ${nodeId} is ${percent} % full.`,
          evidence: `${printBytes(usableBytes)} of ${printBytes(totalBytes)} are free.`,
        },
      ];
    }),
  );
}

function fillingDisks({ snapshot, observation, watchedMs }: ClusterView): ClusterHit[] {
  if (watchedMs < FILLING_WATCH_MS) return [];
  return snapshot.brokers.flatMap(({ nodeId, logDirs }) =>
    (valueOf(logDirs) ?? []).flatMap(({ path, usableBytes }): ClusterHit[] => {
      const first = observation.disks.get(diskName(nodeId, path));
      if (usableBytes === undefined || first === undefined || first.usableBytes <= usableBytes) return [];
      const ms = snapshot.monotonicMs - first.atMs;
      const days = (usableBytes * ms) / (first.usableBytes - usableBytes) / DAY_MS;
      if (ms < FILLING_WATCH_MS || days >= FULL_WARN_DAYS) return [];
      return [
        {
          subject: `broker ${nodeId}`,
          severity: days < FULL_ERROR_DAYS ? "error" : "warning",
          message: `The volume under ${path} of broker ${nodeId} is full in ${printSeconds((days * DAY_MS) / 1000)} at this rate.`,
          evidence: `${printBytes(first.usableBytes - usableBytes)} in ${printSeconds(ms / 1000)}; ${printBytes(usableBytes)} are free.`,
        },
      ];
    }),
  );
}

/** A volume of which so much of the free part is taken in an hour. */
function filling(share: number) {
  return looks(3_600_000, { brokers: [diskOf(1, 1000e9, 900e9)] }, { brokers: [diskOf(1, 1000e9, 900e9 * (1 - share))] });
}

function diskSkew({ snapshot }: ClusterView): ClusterHit[] {
  const held = snapshot.brokers.flatMap(({ nodeId, logDirs }) => {
    const dirs = valueOf(logDirs);
    return dirs ? [{ nodeId, bytes: dirs.reduce((sum, { replicaBytes }) => sum + replicaBytes, 0) }] : [];
  });
  if (held.length < 2) return [];
  const mean = held.reduce((sum, { bytes }) => sum + bytes, 0) / held.length;
  const most = held.toSorted((a, b) => b.bytes - a.bytes)[0]!;
  if (mean < SKEW_BYTES_MIN || most.bytes <= mean * (1 + FAR_FROM_MEAN)) return [];
  return [
    {
      subject: `broker ${most.nodeId}`,
      message: `Broker ${most.nodeId} holds ${Math.round((most.bytes / mean - 1) * 100)} % more than the mean.`,
      evidence: held.map(({ nodeId, bytes }) => `broker ${nodeId}: ${printBytes(bytes)}`).join(", "),
    },
  ];
}

function racks({ liveBrokers }: ClusterView): ClusterHit[] {
  const without = liveBrokers.filter(({ rack }) => !rack);
  if (without.length === liveBrokers.length) return [];
  if (without.length > 0)
    return [
      {
        subject: without.map(({ nodeId }) => `broker ${nodeId}`).join(", "),
        message: `${count(without.length, "broker")} of ${liveBrokers.length} ${without.length === 1 ? "names" : "name"} no rack.`,
        evidence: `broker.rack is not set on ${without.map(({ nodeId }) => nodeId).join(", ")}`,
      },
    ];
  const sizes = [...Map.groupBy(liveBrokers, ({ rack }) => rack!)].map(([rack, inRack]) => ({ rack, brokers: inRack.length }));
  const [most, least] = [Math.max(...sizes.map(({ brokers }) => brokers)), Math.min(...sizes.map(({ brokers }) => brokers))];
  if (most - least <= 1) return [];
  return [
    {
      subject: "cluster",
      message: `Racks are uneven: from ${least} to ${most} brokers.`,
      evidence: sizes.map(({ rack, brokers }) => `${rack}: ${brokers}`).join(", "),
    },
  ];
}

function versions({ snapshot }: ClusterView): ClusterHit[] {
  const levels = snapshot.brokers.flatMap(({ nodeId, features }) => {
    const found = valueOf(features)?.find(({ name }) => name === "metadata.version");
    return found ? [{ nodeId, ...found }] : [];
  });
  if (levels.length === 0) return [];
  const [most, least] = [Math.max(...levels.map(({ maxLevel }) => maxLevel)), Math.min(...levels.map(({ maxLevel }) => maxLevel))];
  const finalized = levels[0]!.finalizedLevel;
  const evidence = levels.map(({ nodeId, maxLevel }) => `broker ${nodeId} up to ${maxLevel}`).join(", ");
  if (most !== least)
    return [{ subject: "cluster", message: "Brokers run different versions of Kafka.", evidence: `metadata.version: ${evidence}` }];
  if (finalized === undefined || finalized >= least) return otherFeatures(snapshot);
  return [
    {
      subject: "cluster",
      severity: "info",
      message: `All brokers can do metadata.version ${least}; the cluster uses ${finalized}.`,
      evidence: `metadata.version: finalized ${finalized}; ${evidence}`,
      changes: [{ kind: "upgradeFeature", feature: "metadata.version", level: least }],
    },
  ];
}

/** Features of the protocol that an upgrade leaves for somebody to finish; that of the quorum itself is no matter of levels alone. */
const FEATURES = ["transaction.version", "group.version", "share.version", "streams.version", "eligible.leader.replicas.version"];

function otherFeatures({ brokers }: ClusterView["snapshot"]): ClusterHit[] {
  return FEATURES.flatMap((feature): ClusterHit[] => {
    const seen = brokers.flatMap(({ features }) => valueOf(features)?.find(({ name }) => name === feature) ?? []);
    const level = Math.min(...seen.map(({ maxLevel }) => maxLevel));
    const finalized = seen[0]?.finalizedLevel;
    if (finalized === undefined || finalized >= level || seen.some(({ maxLevel }) => maxLevel !== level)) return [];
    return [
      {
        subject: "cluster",
        severity: "info",
        message: `All brokers can do ${feature} ${level}; the cluster uses ${finalized}.`,
        evidence: `${feature}: finalized ${finalized}, supported up to ${level} by ${count(seen.length, "broker")}`,
        changes: [{ kind: "upgradeFeature", feature, level }],
      },
    ];
  });
}

function tooManyReplicas({ partitions }: ClusterView): ClusterHit[] {
  const perBroker = new Map<number, number>();
  for (const { partition } of partitions)
    for (const { broker } of partition.replicas) perBroker.set(broker, (perBroker.get(broker) ?? 0) + 1);
  return [...perBroker].flatMap(([nodeId, replicas]): ClusterHit[] =>
    replicas <= 4000
      ? []
      : [
          {
            subject: `broker ${nodeId}`,
            severity: replicas > 10_000 ? "error" : "warning",
            message: `Broker ${nodeId} has ${replicas} replicas.`,
            evidence: `${partitions.length} partitions in the cluster`,
          },
        ],
  );
}

function diskOf(nodeId: number, totalBytes: number, usableBytes: number) {
  return exampleBroker(nodeId, {
    logDirs: { value: [{ path: "/d", totalBytes, usableBytes, replicas: 1, replicaBytes: 1, offline: undefined }] },
  });
}

function holding(nodeId: number, replicaBytes: number) {
  return exampleBroker(nodeId, {
    logDirs: { value: [{ path: "/d", totalBytes: undefined, usableBytes: undefined, replicas: 1, replicaBytes, offline: undefined }] },
  });
}

/** Of metadata.version, and of transaction.version if that is given: what the broker can do, and what the cluster uses. */
function withLevels(nodeId: number, maxLevel: number, finalizedLevel: number, transaction?: readonly [most: number, used: number]) {
  const metadata = { name: "metadata.version", minLevel: 7, maxLevel, finalizedLevel };
  const [most, used] = transaction ?? [];
  const other = most === undefined ? [] : [{ name: "transaction.version", minLevel: 0, maxLevel: most, finalizedLevel: used }];
  return exampleBroker(nodeId, { features: { value: [metadata, ...other] } });
}

function manyPartitions(partitions: number) {
  return exampleTopic(
    "many",
    Array.from({ length: partitions }, (_, i) => examplePartition(i)),
  );
}
