import { setTimeout as sleep } from "node:timers/promises";
import { ottlaCommand } from "../ottla/broker.ts";
import { nodeBinary } from "../paths.ts";
import { type Child, startChild } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import type { Chance } from "../process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { type Stage, stageConfig } from "./stage.ts";

const STALL_MS_MAX = 1_500;
const DOWN_MS_MAX = 800;

/** Ottla as a process of its own with one or three virtual brokers and its data on the disk, which is killed and started again. */
export async function ottlaStage(brokers: 1 | 3, random: Chance): Promise<Stage> {
  const folder = makeTemporaryFolder("streams-stage");
  const [faultsPort = 0, port = 0] = await findFreePorts(1 + brokers);
  const below = (count: number): number => Math.floor(random() * count);
  const anyNode = (): number => 1 + below(brokers);
  let output = "";
  const start = async (): Promise<Child> => {
    const settings = Object.entries(stageConfig).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const where = ["--port", String(port), "--brokers", String(brokers), "--faults-port", String(faultsPort), "--data-dir", folder];
    const child = startChild(nodeBinary, [...ottlaCommand, "dev", "--only", "broker", "--json", ...where, ...settings]);
    await new Promise<void>((resolve, reject) => {
      child.process.stdout!.once("data", () => resolve());
      void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
    });
    return child;
  };
  let broker = await start();
  const post = async (path: string, body: Readonly<Record<string, string | number>>): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${faultsPort}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${JSON.stringify(body)} was answered with ${answer.status}: ${text}`);
  };
  const act = (action: Readonly<Record<string, string | number>>): Promise<void> => post("actions", action);
  return {
    name: brokers === 1 ? "Ottla" : `Ottla with ${brokers} virtual brokers`,
    bootstrap: Array.from({ length: brokers }, (_, i) => `127.0.0.1:${port + i}`).join(","),
    async killBroker() {
      output = broker.outputTail();
      await broker.kill();
      const downMs = below(DOWN_MS_MAX);
      await sleep(downMs);
      broker = await start();
      return `broker killed, down for ${downMs} ms`;
    },
    async stallBroker() {
      const ms = 100 + below(STALL_MS_MAX);
      broker.process.kill("SIGSTOP");
      await sleep(ms);
      broker.process.kill("SIGCONT");
      return `broker stood still for ${ms} ms`;
    },
    async cut() {
      const node = anyNode();
      await act({ do: "dropConnections", node });
      return `connections of broker ${node} cut`;
    },
    async moveLeader(topic, partition) {
      if (brokers === 1) return undefined;
      const node = anyNode();
      await act({ do: "moveLeader", topic, partition, node });
      return `leader of ${topic}-${partition} moved to ${node}`;
    },
    async moveCoordinator(group) {
      if (brokers === 1) return undefined;
      const node = anyNode();
      await act({ do: "moveGroupCoordinator", group, node });
      return `coordinator moved to ${node}`;
    },
    async refuseTransaction() {
      await post("faults", { api: "TxnOffsetCommit", reply: "TRANSACTION_ABORTABLE" });
      return "a transaction has to be aborted";
    },
    // A blow ends with a broker that answers.
    trouble: async () => undefined,
    pids: () => [broker.pid],
    outputTail: () => `${output}\n${broker.outputTail()}`,
    async end(isClean) {
      await broker.stop(30_000);
      if (isClean) removeTemporaryFolder(folder);
    },
  };
}
