import { createClient } from "@ottla/client";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { startOttla } from "@ottla/conformance/ottla/broker";

/** How much there is in it. */
export interface ClusterSize {
  readonly topics: number;
  readonly groups: number;
}

const PARTITIONS = 4;
const CREATED_AT_ONCE = 500;
const GROUPS_AT_ONCE = 50;
/** Three words each, as people name topics. */
const TEAMS = ["orders", "payments", "stock", "billing", "search", "audit", "fraud", "mail", "web", "mobile"];
const KINDS = ["events", "commands", "changes", "dead", "metrics"];

/** A broker of ours with very many topics and groups, in a process of its own. */
export interface LargeCluster {
  readonly broker: RunningCluster;
  readonly bootstrap: string;
  readonly topics: readonly string[];
  readonly groups: readonly string[];
  /** Requests that the broker has answered, by its own metrics. */
  requestsMade(): Promise<number>;
}

/** Starts it and fills it. The topic `tailed` is there beside the others. */
export async function startLargeCluster(size: ClusterSize): Promise<LargeCluster> {
  const broker = await startOttla({ metricsPort: 0, config: { "auto.create.topics.enable": "false" } });
  const client = createClient({ bootstrapServers: broker.bootstrap });
  const admin = client.admin();
  const topics = ["tailed", "probed", ...Array.from({ length: size.topics - 2 }, (_, i) => nameOf(i))];
  for (let at = 0; at < topics.length; at += CREATED_AT_ONCE) {
    const some = topics.slice(at, at + CREATED_AT_ONCE);
    await admin.createTopics(some.map((name) => ({ name, partitionCount: PARTITIONS, replicationFactor: 1 })));
    process.stderr.write(`\r  ${at + some.length} topics`);
  }
  const producer = client.producer();
  await producer.send(topics.slice(0, 500).map((topic) => ({ topic, key: "k", value: JSON.stringify({ topic }) })));
  await producer.close();
  const groups = Array.from({ length: size.groups }, (_, i) => `${nameOf(i * 3)}-reader`);
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE)
    await Promise.all(
      groups.slice(at, at + GROUPS_AT_ONCE).map((group, i) => {
        const topic = topics[((at + i) * 3) % topics.length]!;
        return admin.alterGroupOffsets(
          group,
          Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, offset: 0 })),
        );
      }),
    );
  process.stderr.write(`, ${groups.length} groups\n`);
  await client.close();
  const requestsMade = async (): Promise<number> => {
    const text = await (await fetch(`${broker.metricsAddress}/metrics`)).text();
    const counted = text.matchAll(/^kafka_network_requestmetrics_requests_total\{.*\} (\d+)/gm);
    return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  return { broker, bootstrap: broker.bootstrap, topics, groups, requestsMade };
}

function nameOf(i: number): string {
  return `${TEAMS[i % TEAMS.length]}.${KINDS[Math.floor(i / TEAMS.length) % KINDS.length]}.v${Math.floor(i / 50)}`;
}
