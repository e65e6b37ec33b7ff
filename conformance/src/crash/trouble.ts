import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterKind, RunningCluster } from "../cluster.ts";
import { startKafka } from "../kafka/cluster.ts";
import { startOttla } from "../ottla/broker.ts";
import { findFreePorts } from "../process/free-port.ts";
import type { Chance } from "../process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { startFailoverCluster } from "./failover-cluster.ts";
import { FlakyProxy } from "./flaky-proxy.ts";
import { crashGroup, crashPartitions, crashTopic } from "./load.ts";

/** A cluster and what is done to it. */
export interface Trouble {
  readonly bootstrap: string;
  /** One blow, and the recovery from it. Resolves with what it was, in words. */
  strike(): Promise<string>;
  outputTail(): string;
  /** Of the processes that serve now. */
  pids(): readonly number[];
  /** Ends all; `isClean`: the data goes, too. */
  end(isClean: boolean): Promise<void>;
}

// Small segments and a frequent index: rolls and recovery over several segments happen within seconds.
const CONFIG = {
  "log.segment.bytes": "1048576",
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "2",
  "auto.create.topics.enable": "false",
};

/** One broker, killed in each cycle, behind a net that breaks and stalls now and then. `ownConfig` comes on top of what every run has. */
export async function killsBehindFlakyNet(
  kind: ClusterKind,
  random: Chance,
  ownConfig: Readonly<Record<string, string>> = {},
): Promise<Trouble> {
  const dataDir = makeTemporaryFolder("crash");
  const proxy = await FlakyProxy.open();
  const config = { ...CONFIG, ...ownConfig, "advertised.listeners": `PLAINTEXT://127.0.0.1:${proxy.port}` };
  const [port = 0] = await findFreePorts(1);
  const start = async (): Promise<RunningCluster> => {
    // Ours tells the advertised address when it is ready, Apache Kafka the port that it took.
    proxy.leadTo(port);
    if (kind === "ottla") return startOttla({ dataDir, config, port });
    const started = await startKafka({ dataDir, config });
    proxy.leadTo(portOf(started.bootstrap));
    return started;
  };
  let broker = await start();
  return {
    bootstrap: `127.0.0.1:${proxy.port}`,
    outputTail: () => broker.outputTail(),
    pids: () => broker.pids,
    async strike() {
      for (let breaks = Math.floor(random() * 4); breaks > 0; breaks--) {
        if (random() < 0.6) proxy.reset(() => random() < 0.5);
        else {
          const goOn = proxy.stall(() => random() < 0.5);
          await sleep(random() * 300);
          goOn();
        }
        await sleep(random() * 200);
      }
      await broker.kill();
      broker = await start();
      return `killed, up again in ${Math.round(broker.startMs)} ms`;
    },
    async end(isClean) {
      await broker.stop();
      proxy.close();
      if (isClean) removeTemporaryFolder(dataDir);
    },
  };
}

/** Three virtual brokers that go down and come back, and whose leaders and coordinators move. */
export async function failovers(random: Chance): Promise<Trouble> {
  const cluster = await startFailoverCluster();
  const anyNode = (): number => 1 + Math.floor(random() * 3);
  return {
    bootstrap: cluster.bootstrap,
    outputTail: () => cluster.outputTail(),
    pids: () => [cluster.pid],
    async strike() {
      const node = anyNode();
      const choice = random();
      if (choice < 0.4) {
        await cluster.act({ do: "takeDown", node });
        await sleep(random() * 500);
        await cluster.act({ do: "bringUp", node });
        return `broker ${node} down and back`;
      }
      if (choice < 0.7) {
        const partition = Math.floor(random() * crashPartitions);
        await cluster.act({ do: "moveLeader", topic: crashTopic, partition, node });
        return `leader of ${partition} moved to ${node}`;
      }
      if (choice < 0.9) {
        await cluster.act({ do: "moveGroupCoordinator", group: crashGroup, node });
        return `coordinator moved to ${node}`;
      }
      await cluster.act({ do: "dropConnections", node });
      return `connections of ${node} dropped`;
    },
    async end() {
      await cluster.stop();
    },
  };
}

function portOf(bootstrap: string): number {
  return Number(bootstrap.split(",")[0]!.split(":").at(-1));
}
