import { printNumber, printSeconds } from "../../quantity/print-quantity.ts";
import type { BrokerSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { BrokerLoad } from "../../snapshot/metrics-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count } from "../cluster-view.ts";
import { exampleBroker, exampleMetrics, examplePartition, exampleTopic, look, looks } from "../example-cluster.ts";

const MINUTE_MS = 60_000;
const CONNECTIONS_MAX = 10_000;

/** Rules over the load of brokers, by their pages of metrics. */
export const loadRules: readonly ClusterRule[] = [
  {
    id: "CLU-11",
    name: "handler-idle",
    severity: "warning",
    confidence: "medium",
    harm: "late",
    needs: ["brokerMetrics"],
    condition:
      "request handlers or network processors of a broker have nothing to do for less than 30 % of their time; an error below 20 % in all looks of 5 minutes. By a page of metrics",
    why: "Requests queue then, and every client waits longer; at none at all they time out and come again.",
    fix: "See who asks so much (quotas, clients with a request a record, too many partitions); then more threads where processors are free (BRK-13), or more brokers.",
    source: "Apache Kafka documentation, monitoring: RequestHandlerAvgIdlePercent, NetworkProcessorAvgIdlePercent",
    thresholds: [
      { name: "warnBelow", meaning: "idle share at which it warns", default: 0.3, unit: "ratio", least: 0, most: 1 },
      { name: "errorBelow", meaning: "idle share at which it is an error", default: 0.2, unit: "ratio", least: 0, most: 1 },
    ],
    check: (view, { threshold }) =>
      loadsOf(view).flatMap((load): ClusterHit[] => {
        const least = Math.min(load.handlerIdle ?? 1, load.networkIdle ?? 1);
        if (least >= threshold("warnBelow")) return [];
        const trend = view.observation.brokerLoads.get(load.page);
        const forMs = trend === undefined ? 0 : view.snapshot.monotonicMs - trend.sinceMs;
        const worst = Math.min(trend?.greatestHandlerIdle ?? 1, trend?.greatestNetworkIdle ?? 1);
        const isGrave = forMs >= 5 * MINUTE_MS && worst < threshold("errorBelow");
        return [
          {
            subject: subjectOf(view, load),
            message: `${whoOf(view, load)} has hardly a free ${least === load.handlerIdle ? "request handler" : "network processor"}.`,
            evidence: `${idleText(load)}${forMs > 0 ? `; watched for ${printSeconds(forMs / 1000)}, never above ${percent(worst)}` : ""}`,
            severity: isGrave ? "error" : "warning",
          },
        ];
      }),
    examples: [
      { observe: () => withLoad({ handlerIdle: 0.29 }), hits: 1 },
      { observe: () => withLoad({ networkIdle: 0.1 }), hits: 1 },
      { observe: () => idleIn(2.5, 0.1, 0.15, 0.19), hits: 1, severity: "error" },
      { observe: () => idleIn(2.4, 0.1, 0.15, 0.19), hits: 1 },
      { observe: () => idleIn(2.5, 0.1, 0.2, 0.1), hits: 1 },
      { observe: () => withLoad({ handlerIdle: 0.3, networkIdle: 0.3 }), hits: 0 },
      { observe: () => look(), hits: 0 },
    ],
  },
  {
    id: "BRK-13",
    name: "threads",
    severity: "info",
    confidence: "medium",
    harm: "late",
    needs: ["brokerMetrics", "brokerConfigs"],
    condition:
      "request handlers, or network processors, of a broker are free for less than 30 % of their time, and it has no more of them than Kafka's default (num.io.threads 8, num.network.threads 3). By a page of metrics",
    why: "More threads help where they are what is short and processors are free; where nothing is short they help nobody.",
    fix: "Raise the number by half while the idle share stays low and processors are free; it can be changed at run time.",
    source: "Apache Kafka documentation, broker configs",
    thresholds: [
      { name: "idleBelow", meaning: "idle share below which threads are short", default: 0.3, unit: "ratio", least: 0, most: 1 },
    ],
    check: (view, { threshold }) =>
      loadsOf(view).flatMap((load): ClusterHit[] => {
        const broker = brokerOf(view, load);
        if (broker === undefined) return [];
        return THREADS.flatMap(({ key, of, usual }): ClusterHit[] => {
          const [idle, threads] = [load[of], view.brokerNumber(broker, key)];
          if (idle === undefined || threads === undefined || idle >= threshold("idleBelow") || threads > usual) return [];
          const more = String(Math.ceil(threads * 1.5));
          return [
            {
              subject: `broker ${broker.nodeId}`,
              message: `Broker ${broker.nodeId} has ${threads} ${key === "num.io.threads" ? "request handlers" : "network processors a listener"}, which are busy for ${percent(1 - idle)} of the time.`,
              evidence: `${key}=${threads}; ${idleText(load)}`,
              changes: [{ kind: "config", target: { type: "broker", nodeId: broker.nodeId }, settings: { [key]: more } }],
            },
          ];
        });
      }),
    examples: [
      { observe: () => withLoad({ handlerIdle: 0.29 }, { "num.io.threads": "8" }), hits: 1 },
      { observe: () => withLoad({ networkIdle: 0.1 }, { "num.network.threads": "2" }), hits: 1 },
      { observe: () => withLoad({ handlerIdle: 0.3 }, { "num.io.threads": "8" }), hits: 0 },
      { observe: () => withLoad({ handlerIdle: 0.1 }, { "num.io.threads": "16" }), hits: 0 },
    ],
  },
  {
    id: "BRK-15",
    name: "fetchers",
    severity: "info",
    confidence: "medium",
    harm: "nextFailure",
    needs: ["brokerMetrics", "brokerConfigs", "topics", "time"],
    condition:
      "num.replica.fetchers=1 on a broker whose replicas lacked records in each of at least 3 looks and that follows more than 200 partitions of one broker. By a page of metrics",
    why: "One thread fetches all partitions of a leader's broker one after another: replicas stay behind, and acks=all waits for them.",
    fix: "Set num.replica.fetchers to 2 to 4; it can be changed at run time.",
    source: "Apache Kafka documentation, broker configs; MBean kafka.server:type=ReplicaFetcherManager,name=MaxLag",
    thresholds: [
      {
        name: "partitionsAbove",
        meaning: "partitions of one leading broker for which one thread is enough",
        default: 200,
        unit: "count",
        least: 1,
        most: 1_000_000,
      },
    ],
    check: (view, { threshold }) => {
      const lagging = loadsOf(view).flatMap((load) => {
        const [trend, broker] = [view.observation.brokerLoads.get(load.page), brokerOf(view, load)];
        if (broker === undefined || trend === undefined || trend.looks < 3 || !((trend.leastReplicaLag ?? 0) > 0)) return [];
        return view.brokerNumber(broker, "num.replica.fetchers") === 1 ? [{ load, broker, trend }] : [];
      });
      if (lagging.length === 0) return [];
      const followed = followedBy(view);
      return lagging.flatMap(({ load, broker: { nodeId }, trend }): ClusterHit[] => {
        const [leader, partitions] = followed.get(nodeId) ?? [0, 0];
        if (partitions <= threshold("partitionsAbove")) return [];
        return [
          {
            subject: `broker ${nodeId}`,
            message: `One thread of broker ${nodeId} fetches ${count(partitions, "partition")} of broker ${leader}, and is always behind.`,
            evidence: `num.replica.fetchers=1; the replica furthest behind lacked ${printNumber(trend.leastReplicaLag!)} records at least in ${trend.looks} looks, ${printNumber(load.replicaLagMax ?? 0)} now`,
            changes: [{ kind: "config", target: { type: "broker", nodeId }, settings: { "num.replica.fetchers": "2" } }],
          },
        ];
      });
    },
    examples: [
      { observe: () => following(201, [5, 1, 9]), hits: 1 },
      { observe: () => following(200, [5, 1, 9]), hits: 0 },
      { observe: () => following(201, [5, 0, 9]), hits: 0 },
      { observe: () => following(201, [5, 9]), hits: 0 },
      { observe: () => following(201, [5, 1, 9], "2"), hits: 0 },
    ],
  },
  {
    id: "CLU-17",
    name: "connections",
    severity: "warning",
    confidence: "medium",
    harm: "late",
    needs: ["brokerMetrics"],
    condition: "a broker has more than 10,000 connections, or more than 80 % of its max.connections. By a page of metrics",
    why: "At the limit new clients are refused. Thousands of connections are mostly clients that are made for each record or request, and never closed.",
    fix: "See which clients have so many (SRC-03 finds where a client is made in a loop); raise max.connections only when all of them are meant.",
    source: "Apache Kafka documentation, broker configs: max.connections; MBean kafka.server:type=socket-server-metrics, connection-count",
    thresholds: [
      {
        name: "connectionsAbove",
        meaning: "connections that a broker may have",
        default: CONNECTIONS_MAX,
        unit: "count",
        least: 1,
        most: 10_000_000,
      },
      { name: "shareAbove", meaning: "share of max.connections that may be used", default: 0.8, unit: "ratio", least: 0, most: 1 },
    ],
    check: (view, { threshold }) =>
      loadsOf(view).flatMap((load): ClusterHit[] => {
        const { connections } = load;
        if (connections === undefined) return [];
        const broker = brokerOf(view, load);
        const most = broker && view.brokerNumber(broker, "max.connections");
        const isNearLimit = most !== undefined && connections > most * threshold("shareAbove");
        if (!isNearLimit && connections <= threshold("connectionsAbove")) return [];
        return [
          {
            subject: subjectOf(view, load),
            message: `${whoOf(view, load)} has ${printNumber(connections)} connections${isNearLimit ? ` of at most ${printNumber(most)}` : ""}.`,
            evidence: `connection-count ${printNumber(connections)}${most === undefined ? "" : `, max.connections=${most}`}`,
          },
        ];
      }),
    examples: [
      { observe: () => withLoad({ connections: 10_001 }), hits: 1 },
      { observe: () => withLoad({ connections: 81 }, { "max.connections": "100" }), hits: 1 },
      { observe: () => withLoad({ connections: 80 }, { "max.connections": "100" }), hits: 0 },
      { observe: () => withLoad({ connections: 10_000 }), hits: 0 },
    ],
  },
  {
    id: "CLU-16",
    name: "old-clients",
    severity: "error",
    confidence: "high",
    harm: "soon",
    needs: ["brokerMetrics"],
    condition:
      "a broker has served requests in versions that the next release of Kafka drops (DeprecatedRequestsPerSec). By a page of metrics",
    why: "Kafka 4.0 has dropped what clients of before 2.1 speak (KIP-896): after the upgrade they are refused, all at once.",
    fix: "Upgrade these clients first; the metric names their software.",
    source: "KIP-896",
    check: (view) =>
      loadsOf(view).flatMap((load): ClusterHit[] => {
        if (load.oldRequests.length === 0) return [];
        const clients = [...Map.groupBy(load.oldRequests, ({ client }) => client)];
        const shown = clients.slice(0, 3).map(([client, all]) => {
          const [first] = all as [(typeof all)[number]];
          return `${client}: ${first.request} version ${first.apiVersion}, ${printNumber(all.reduce((sum, { requests }) => sum + requests, 0))} requests`;
        });
        return [
          {
            subject: subjectOf(view, load),
            message: `Clients that speak what the next Kafka drops have used ${whoOf(view, load)
              .replace(/^Broker/, "broker")
              .replace(/^The/, "the")} since it started.`,
            evidence: `${shown.join("; ")}${clients.length > 3 ? `; and ${clients.length - 3} more` : ""}`,
          },
        ];
      }),
    examples: [
      {
        observe: () => withLoad({ oldRequests: [{ request: "Produce", apiVersion: "2", client: "unknown", requests: 12 }] }),
        hits: 1,
      },
      { observe: () => withLoad({ handlerIdle: 0.9 }), hits: 0 },
    ],
  },
];

const THREADS = [
  { key: "num.io.threads", of: "handlerIdle", usual: 8 },
  { key: "num.network.threads", of: "networkIdle", usual: 3 },
] as const;

function loadsOf({ snapshot }: ClusterView): readonly BrokerLoad[] {
  return valueOf(snapshot.metrics)?.brokers ?? [];
}

/** Whose page it is: by its host, or because there is one broker only. */
function brokerOf({ liveBrokers }: ClusterView, { page }: BrokerLoad): BrokerSnapshot | undefined {
  const host = page.replace(/[:/].*$/, "");
  const atHost = liveBrokers.filter(({ endpoint }) => endpoint?.host === host);
  return atHost.length === 1 ? atHost[0] : liveBrokers.length === 1 ? liveBrokers[0] : undefined;
}

function subjectOf(view: ClusterView, load: BrokerLoad): string {
  const broker = brokerOf(view, load);
  return broker === undefined ? `metrics of ${load.page}` : `broker ${broker.nodeId}`;
}

function whoOf(view: ClusterView, load: BrokerLoad): string {
  const broker = brokerOf(view, load);
  return broker === undefined ? `The broker at ${load.page}` : `Broker ${broker.nodeId}`;
}

function idleText({ handlerIdle, networkIdle }: BrokerLoad): string {
  const parts = [
    ...(handlerIdle === undefined ? [] : [`request handlers idle for ${percent(handlerIdle)}`]),
    ...(networkIdle === undefined ? [] : [`network processors for ${percent(networkIdle)}`]),
  ];
  return parts.join(", ");
}

function percent(share: number): string {
  return `${printNumber(Math.round(share * 1000) / 10)} %`;
}

/** Of each broker the other that it follows most partitions of, and how many. */
function followedBy({ partitions }: ClusterView): ReadonlyMap<number, readonly [leader: number, partitions: number]> {
  const counts = new Map<number, Map<number, number>>();
  for (const { partition } of partitions) {
    const { leader, replicas } = partition;
    if (leader === undefined) continue;
    for (const { broker } of replicas) {
      if (broker === leader) continue;
      let of = counts.get(broker);
      if (of === undefined) counts.set(broker, (of = new Map()));
      of.set(leader, (of.get(leader) ?? 0) + 1);
    }
  }
  return new Map(
    [...counts].map(([follower, of]) => [follower, [...of].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0])]),
  );
}

function brokerMetrics(load: Partial<BrokerLoad>) {
  const page = "kafka-1.example.org:9404";
  return exampleMetrics({
    brokers: [
      { page, handlerIdle: undefined, networkIdle: undefined, replicaLagMax: undefined, connections: undefined, oldRequests: [], ...load },
    ],
  });
}

function withLoad(load: Partial<BrokerLoad>, set: Readonly<Record<string, string>> = {}) {
  return look({ metrics: brokerMetrics(load), brokers: [exampleBroker(1, { set }), exampleBroker(2), exampleBroker(3)] });
}

/** Broker 1 follows so many partitions of broker 2, and lacks so many records by look. */
function following(partitions: number, lags: readonly number[], fetchers = "1") {
  const all = Array.from({ length: partitions }, (_, i) => examplePartition(i, { replicas: [2, 1] }));
  return looks(
    MINUTE_MS,
    ...lags.map((replicaLagMax) => ({
      only: [exampleTopic("orders", all)],
      brokers: [exampleBroker(1, { set: { "num.replica.fetchers": fetchers } }), exampleBroker(2), exampleBroker(3)],
      metrics: brokerMetrics({ replicaLagMax }),
    })),
  );
}

/** Request handlers that are idle for these shares in looks so many minutes apart. */
function idleIn(everyMinutes: number, ...shares: readonly number[]) {
  return looks(everyMinutes * MINUTE_MS, ...shares.map((handlerIdle) => ({ metrics: brokerMetrics({ handlerIdle }) })));
}
