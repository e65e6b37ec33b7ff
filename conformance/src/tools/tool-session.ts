import { createInterface } from "node:readline";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { Probe } from "../answers/probe.ts";
import type { RunningCluster } from "../cluster.ts";
import { type JavaTool, javaTools, startJavaDriver } from "../kafka/java-tool.ts";
import type { Child } from "../process/child.ts";

const ANSWER_TIMEOUT_MS = 120_000;

/** What a tool printed and how it ended. */
export interface ToolAnswer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Kafka's own tools in one JVM against one cluster, with members of groups and open transactions beside them. */
export class ToolSession {
  readonly cluster: RunningCluster;
  readonly #child: Child;
  readonly #probe: Probe;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];

  private constructor(cluster: RunningCluster, child: Child) {
    this.cluster = cluster;
    this.#child = child;
    this.#probe = new Probe(cluster.bootstrap, "tools");
    createInterface({ input: child.process.stdout! }).on("line", (line) => this.#waiting.shift()?.resolve(line));
    void child.exited.then((status) => {
      for (const { reject } of this.#waiting) reject(new Error(`ToolSession ended (${status}): ${child.outputTail()}`));
    });
  }

  static async start(cluster: RunningCluster): Promise<ToolSession> {
    return new ToolSession(cluster, await startJavaDriver("ToolSession", [cluster.bootstrap]));
  }

  run(tool: JavaTool, args: readonly string[]): Promise<ToolAnswer> {
    return this.#ask(["tool", javaTools[tool], "--bootstrap-server", this.cluster.bootstrap, ...args]) as Promise<ToolAnswer>;
  }

  /** Returns when the member is assigned something and has committed. */
  async join(name: string, protocol: "classic" | "consumer", group: string, topic: string, instanceId?: string): Promise<void> {
    await this.#ask(["join", name, protocol, group, topic, ...(instanceId === undefined ? [] : [instanceId])]);
  }

  async leave(name: string): Promise<void> {
    await this.#ask(["leave", name]);
  }

  /** Begins a transaction with one record in it and leaves it open. */
  async begin(transactionalId: string, topic: string, partition: number): Promise<void> {
    await this.#ask(["begin", transactionalId, topic, String(partition)]);
  }

  async end(transactionalId: string, how: "commit" | "abort"): Promise<void> {
    await this.#ask(["end", transactionalId, how]);
  }

  /** Stores a batch of a transaction that no coordinator knows; the partition must not ask about it. */
  async hang(topic: string, partition: number, producerId: number, timestampMs: number): Promise<void> {
    const builder = new RecordBatchBuilder({ isTransactional: true });
    builder.append(null, Buffer.from("hangs"), [], timestampMs);
    builder.setProducerState(producerId, 3, 0);
    const partitionData = [makePartitionProduceData({ index: partition, records: builder.close("none") })];
    const topicData = [makeTopicProduceData({ name: topic, partitionData })];
    const request = makeProduceRequest({ acks: -1, timeoutMs: 5_000, transactionalId: "nobody", topicData });
    const answer = await this.#probe.raw(produceApi, 9, request);
    const errorCode = typeof answer === "string" ? answer : answer.responses[0]?.partitionResponses[0]?.errorCode;
    if (errorCode !== 0) throw new Error(`${this.cluster.kind} did not store the hanging batch: ${errorCode}`);
  }

  async close(): Promise<void> {
    this.#probe.close();
    await this.#child.kill();
  }

  async #ask(words: readonly string[]): Promise<object> {
    const answered = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      AbortSignal.timeout(ANSWER_TIMEOUT_MS).addEventListener("abort", () => reject(new Error("no answer in time")));
    });
    this.#child.process.stdin?.write(`${words.join("\t")}\n`);
    try {
      const answer = JSON.parse(await answered) as { readonly failed?: string };
      if (answer.failed !== undefined) throw new Error(answer.failed);
      return answer;
    } catch (error) {
      throw new Error(`${words.join(" ")} at ${this.cluster.kind}`, { cause: error });
    }
  }
}
