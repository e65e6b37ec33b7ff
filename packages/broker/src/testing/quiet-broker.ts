import { type DiskFile, silentLogger } from "@ottla/base";
import { MemoryDisk, SeededRandom, SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import { openBroker, type ServingBroker } from "../broker.ts";
import type { Partition } from "../partitions/partition.ts";

/** A disk in memory whose reads can be held back, to look at what happens meanwhile. */
export class HeldDisk extends MemoryDisk {
  #release: (() => void) | undefined;
  #held: Promise<void> | undefined;
  /** Reads that were begun. */
  readCount = 0;

  /** From now on reads of files wait for {@link HeldDisk.letGo}. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  letGo(): void {
    this.#held = undefined;
    this.#release?.();
  }

  override open(path: string): DiskFile {
    return this.#holding(super.open(path));
  }

  override openRead(path: string): DiskFile {
    return this.#holding(super.openRead(path));
  }

  #holding(file: DiskFile): DiskFile {
    const read = file.read.bind(file);
    file.read = async (target, position) => {
      this.readCount++;
      await this.#held;
      return read(target, position);
    };
    return file;
  }
}

/** A whole broker on simulated time and net, spoken to by its inner state: nothing happens but what the test does. */
export class QuietBroker {
  readonly clock: SimulatedClock;
  readonly disk: HeldDisk;
  readonly #running: ServingBroker;

  private constructor(clock: SimulatedClock, disk: HeldDisk, running: ServingBroker) {
    this.clock = clock;
    this.disk = disk;
    this.#running = running;
  }

  static async start(
    options: { readonly disk?: HeldDisk; readonly settings?: Readonly<Record<string, string>>; readonly brokers?: number } = {},
  ): Promise<QuietBroker> {
    const clock = new SimulatedClock();
    const disk = options.disk ?? new HeldDisk();
    const deps = { clock, disk, net: new SimulatedNet(), random: new SeededRandom(1), logger: silentLogger };
    const settings = new Map(Object.entries({ listeners: "PLAINTEXT://127.0.0.1:0", ...options.settings }));
    return new QuietBroker(clock, disk, await openBroker(deps, { dataDirectory: "/data", settings, brokers: options.brokers ?? 1 }));
  }

  get state(): ServingBroker["state"] {
    return this.#running.state;
  }

  /** Creates a topic, led by the first virtual broker, and returns its id. */
  async createTopic(name: string, partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const topicId = Buffer.from(name.padEnd(16, "\0")).toString("base64url");
    const nodeIds = this.state.metadata.nodes.map(({ nodeId }) => nodeId);
    const replicas = Array.from({ length: partitions }, () => nodeIds);
    await this.state.controller.change(() => [{ kind: "topic", name, topicId, replicas, configs }]);
    return topicId;
  }

  async deleteTopic(topicId: string): Promise<void> {
    await this.state.controller.change(() => [{ kind: "topic-deleted", topicId }]);
  }

  partition(topic: string, index = 0): Partition {
    const partition = this.state.partitions.get(topic, index);
    if (partition === undefined) throw new Error(`There is no ${topic}-${index}.`);
    return partition;
  }

  append(batch: Buffer, topic: string, index = 0): void {
    const outcome = this.partition(topic, index).append(Buffer.from(batch), { origin: "client", leaderEpoch: 0 });
    if (outcome.kind !== "appended") throw new Error(`Not appended: ${JSON.stringify(outcome)}`);
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }

  /** The same files under a new broker, which has nothing in memory. */
  async restart(): Promise<QuietBroker> {
    await this.stop();
    return QuietBroker.start({ disk: this.disk });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
