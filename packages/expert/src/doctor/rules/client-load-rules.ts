import { printBytes, printNumber, printSeconds } from "../../quantity/print-quantity.ts";
import type { ClientLoad } from "../../snapshot/metrics-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type DeclaredConsumer, declarationOf } from "../declared-consumer.ts";
import type { ClusterView } from "../cluster-view.ts";
import { exampleMetrics, look } from "../example-cluster.ts";

/** Kafka's default of max.poll.interval.ms. */
const POLL_INTERVAL_MS = 300_000;

/** Rules over producers and consumers, by the metrics that they show of themselves. */
export const clientLoadRules: readonly ClusterRule[] = [
  {
    id: "CNS-08",
    name: "poll-overrun",
    severity: "error",
    confidence: "medium",
    harm: "stuck",
    needs: ["clientMetrics"],
    condition:
      "a consumer took more than half of max.poll.interval.ms from one poll to the next (time-between-poll-max). By the consumer's page of metrics; the setting is the one that its application's files declare (--applications), by client.id or group; where none does, the threshold's, since no call of the protocol shows it",
    why: "A consumer that does not poll in time is taken for dead: its partitions go to others, which read the same records again, and it comes back into the next rebalance.",
    fix: "Lower max.poll.records to half the interval by the time that a record takes, or make a record take less: ottla tune consumer --group GROUP computes it.",
    source: "Apache Kafka documentation, consumer configs: max.poll.interval.ms; KIP-517",
    thresholds: [
      {
        name: "pollInterval",
        meaning: "max.poll.interval.ms of consumers whose settings were not named",
        default: POLL_INTERVAL_MS,
        unit: "ms",
        least: 1,
        most: 86_400_000,
      },
    ],
    check: (view, { threshold, declaredConsumers = [] }) => {
      const groups = declaredConsumers.length === 0 ? undefined : groupsByClient(view);
      return clientsOf(view).flatMap(({ page, clientId, pollGapMaxMs, pollGapAvgMs }): ClusterHit[] => {
        const declared = groups && declarationOf(declaredConsumers, clientId, groups.get(clientId));
        const interval = declared?.maxPollIntervalMs ?? threshold("pollInterval");
        if (pollGapMaxMs === undefined || pollGapMaxMs <= interval / 2) return [];
        const by = declared ? `as ${declared.place} declares` : "taken for what holds, as no file declares it";
        return [
          {
            subject: `client ${clientId}`,
            message: `Consumer ${clientId} took ${printSeconds(pollGapMaxMs / 1000)} from one poll to the next; after ${printSeconds(interval / 1000)} it is out of its group.`,
            evidence: `time-between-poll-max ${printNumber(pollGapMaxMs)} ms${pollGapAvgMs === undefined ? "" : `, avg ${printNumber(pollGapAvgMs)} ms`} (metrics of ${page}); max.poll.interval.ms ${interval}, ${by}`,
          },
        ];
      });
    },
    examples: [
      { observe: () => withClient({ pollGapMaxMs: 40_000 }), declaredConsumers: [declared("client.id", 60_000)], hits: 1 },
      { observe: () => withClient({ pollGapMaxMs: 30_000 }), declaredConsumers: [declared("client.id", 60_000)], hits: 0 },
      {
        observe: () => withClient({ clientId: "consumer-billing-1", pollGapMaxMs: 200_000 }),
        declaredConsumers: [declared("group.id", 900_000)],
        hits: 0,
      },
      { observe: () => withClient({ pollGapMaxMs: 200_000 }), declaredConsumers: [declared("another", 900_000)], hits: 1 },
      { observe: () => withClient({ pollGapMaxMs: POLL_INTERVAL_MS / 2 + 1 }), hits: 1 },
      { observe: () => withClient({ pollGapMaxMs: POLL_INTERVAL_MS / 2 }), hits: 0 },
      { observe: () => withClient({}), hits: 0 },
    ],
  },
  {
    id: "PRD-10",
    name: "compression-none",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["clientMetrics"],
    condition:
      "a producer sends more than 1 MB/s, and its batches are as large as they were before compression (compression-rate-avg 1). By the producer's page of metrics",
    why: "Uncompressed batches take several times the network, the disk of each replica, and the page cache.",
    fix: "Set compression.type=lz4 where speed counts, zstd where space does.",
    source: "Apache Kafka documentation, producer configs: compression.type; MBean kafka.producer:type=producer-metrics",
    thresholds: [
      {
        name: "rateAbove",
        meaning: "bytes a second that may go uncompressed",
        default: 1_000_000,
        unit: "bytes",
        least: 0,
        most: 1e12,
      },
    ],
    check: (view, { threshold }) =>
      clientsOf(view).flatMap(({ page, clientId, sentBytesPerS, compressionRatio }): ClusterHit[] => {
        if (sentBytesPerS === undefined || compressionRatio === undefined) return [];
        // Nothing compresses to exactly itself; a header is in both sums.
        if (sentBytesPerS <= threshold("rateAbove") || compressionRatio < 0.999) return [];
        return [
          {
            subject: `client ${clientId}`,
            message: `Producer ${clientId} sends ${printBytes(sentBytesPerS)}/s uncompressed.`,
            evidence: `outgoing-byte-rate ${printNumber(sentBytesPerS)}, compression-rate-avg ${compressionRatio} (metrics of ${page})`,
          },
        ];
      }),
    examples: [
      { observe: () => withClient({ sentBytesPerS: 1_000_001, compressionRatio: 1 }), hits: 1 },
      { observe: () => withClient({ sentBytesPerS: 1_000_000, compressionRatio: 1 }), hits: 0 },
      { observe: () => withClient({ sentBytesPerS: 5_000_000, compressionRatio: 0.4 }), hits: 0 },
      { observe: () => withClient({ sentBytesPerS: 5_000_000 }), hits: 0 },
    ],
  },
];

/** Which group a client is a member of, by its id. */
function groupsByClient({ groups }: ClusterView): ReadonlyMap<string, string> {
  return new Map(groups.flatMap(({ groupId, members }) => (valueOf(members) ?? []).map(({ clientId }) => [clientId, groupId] as const)));
}

function declared(by: "client.id" | "group.id" | "another", maxPollIntervalMs: number): DeclaredConsumer {
  const own = by === "client.id" ? { clientId: "billing", groupId: undefined } : { clientId: undefined, groupId: "billing" };
  return { place: "billing.properties", ...(by === "another" ? { clientId: "bill", groupId: "other" } : own), maxPollIntervalMs };
}

function clientsOf({ snapshot }: ClusterView): readonly ClientLoad[] {
  return valueOf(snapshot.metrics)?.clients ?? [];
}

function withClient(load: Partial<ClientLoad>) {
  return look({
    metrics: exampleMetrics({
      clients: [
        {
          page: "billing:9404",
          clientId: "billing-1",
          pollGapMaxMs: undefined,
          pollGapAvgMs: undefined,
          pollIdle: undefined,
          recordsLagMax: undefined,
          sentBytesPerS: undefined,
          compressionRatio: undefined,
          ...load,
        },
      ],
    }),
  });
}
