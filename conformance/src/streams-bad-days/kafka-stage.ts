import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@ottla/client";
import { FlakyProxy } from "../crash/flaky-proxy.ts";
import { startKafka } from "../kafka/cluster.ts";
import type { Chance } from "../process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";
import { probeMetadata } from "../wire/metadata-probe.ts";
import { type Stage, stageConfig } from "./stage.ts";

const NODES = 3;
const MIN_IN_SYNC = 2;
const STALL_MS_MAX = 1_500;
const DOWN_MS_MAX = 1_500;
/** Until a node that was killed has caught up, on a busy machine. */
const BACK_MS_MAX = 120_000;

/** Acknowledged records are on two nodes, and a node that is gone is noticed soon. */
const kafkaConfig: Readonly<Record<string, string>> = {
  ...stageConfig,
  "default.replication.factor": String(NODES),
  "min.insync.replicas": String(MIN_IN_SYNC),
  "transaction.state.log.min.isr": String(MIN_IN_SYNC),
  "broker.session.timeout.ms": "2000",
  "broker.heartbeat.interval.ms": "400",
  "replica.lag.time.max.ms": "4000",
  "auto.leader.rebalance.enable": "false",
};

/** Three nodes of Apache Kafka, of which one at a time is killed and started again, each behind a net that breaks. */
export async function kafkaStage(random: Chance): Promise<Stage> {
  const folder = makeTemporaryFolder("streams-stage");
  const proxies = await Promise.all(Array.from({ length: NODES }, () => FlakyProxy.open()));
  const below = (count: number): number => Math.floor(random() * count);
  const nodePorts: number[] = [];
  const cluster = await startKafka({
    brokers: NODES,
    dataDir: folder,
    config: kafkaConfig,
    nodeConfig: (id) => ({ "advertised.listeners": `PLAINTEXT://127.0.0.1:${proxies[id - 1]!.port}` }),
    onPorts(ports) {
      nodePorts.push(...ports);
      for (const [i, proxy] of proxies.entries()) proxy.leadTo(ports[i]!);
    },
  });
  const bootstrap = proxies.map(({ port }) => `127.0.0.1:${port}`).join(",");
  const client = createClient({ bootstrapServers: bootstrap, clientId: "stage", retryBackoffMaxMs: 200, reconnectBackoffMaxMs: 100 });
  const admin = client.admin();
  /** How many in-sync replicas the partition has that has fewest; 0: some partition is not known. */
  const fewestInSync = async (): Promise<number> => {
    const names = (await admin.listTopics({ includeInternal: true })).map(({ name }) => name);
    const topics = await admin.describeTopics(names);
    return Math.min(...topics.flatMap(({ value }) => value?.partitions.map((each) => each.isr.length) ?? [0]));
  };
  const isWhole = async (): Promise<boolean> => (await fewestInSync()) === NODES;
  /** Whoever follows now is the first in line, and is elected. */
  const giveAway = async (topic: string, partition: number): Promise<string | undefined> => {
    const [described] = await admin.describeTopics([topic]);
    const found = described?.value?.partitions.find((each) => each.partition === partition);
    if (found === undefined) return undefined;
    const next = found.replicas.filter((id) => id !== found.leader);
    const replicas = [...next, ...found.replicas.filter((id) => id === found.leader)];
    await admin.alterPartitionReassignments([{ topic, partition, replicas }]);
    await admin.electLeaders("preferred", [{ topic, partition }]);
    return `${topic}-${partition} from ${found.leader} to ${replicas[0]}`;
  };
  return {
    name: "three nodes of Apache Kafka",
    bootstrap,
    async killBroker() {
      const id = 1 + below(NODES);
      await cluster.killNode!(id);
      const downMs = below(DOWN_MS_MAX);
      await sleep(downMs);
      cluster.startNode!(id);
      const sinceMs = performance.now();
      await waitUntil(`node ${id} is there again`, async () => (await probeMetadata("127.0.0.1", nodePorts[id - 1]!)).length === NODES, {
        timeoutMs: BACK_MS_MAX,
        everyMs: 100,
      });
      // What is acknowledged is on two of three: no second one may go before the first is back.
      await waitUntil(`node ${id} is back and in sync`, isWhole, { timeoutMs: BACK_MS_MAX, everyMs: 200 });
      return `node ${id} killed, down for ${downMs} ms, in sync ${Math.round(performance.now() - sinceMs)} ms after its start`;
    },
    async stallBroker() {
      const id = 1 + below(NODES);
      const ms = 100 + below(STALL_MS_MAX);
      const pid = cluster.pids[id - 1]!;
      process.kill(pid, "SIGSTOP");
      await sleep(ms);
      process.kill(pid, "SIGCONT");
      return `node ${id} stood still for ${ms} ms`;
    },
    async cut() {
      const id = 1 + below(NODES);
      proxies[id - 1]!.reset(() => random() < 0.7);
      return `connections of node ${id} cut`;
    },
    // No broker of Apache Kafka is told to refuse.
    refuseTransaction: async () => undefined,
    moveLeader: (topic, partition) => giveAway(topic, partition),
    async moveCoordinator(group) {
      const partition = coordinatorPartition(group, Number(stageConfig["offsets.topic.num.partitions"]));
      const moved = await giveAway("__consumer_offsets", partition);
      return moved === undefined ? undefined : `coordinator: ${moved}`;
    },
    async trouble() {
      const fewest = await fewestInSync().catch((error: Error) => error.message);
      if (typeof fewest === "string") return `the cluster does not say how it is: ${fewest}`;
      return fewest >= MIN_IN_SYNC ? undefined : `a partition has ${fewest} replicas in sync and takes nothing`;
    },
    pids: () => cluster.pids,
    outputTail: () => cluster.outputTail(),
    async end(isClean) {
      await client.close().catch(() => {});
      await cluster.kill();
      for (const proxy of proxies) proxy.close();
      if (isClean) removeTemporaryFolder(folder);
    },
  };
}

/** Java's `hashCode` of the group's name, without its sign. */
function coordinatorPartition(group: string, count: number): number {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0;
  return (hash & 0x7fffffff) % count;
}
