import { type Logger, OttlaError } from "@ottla/base";
import type { SeededRandom, SimulatedClock, SimulatedDisk, SimulatedNet } from "@ottla/base/simulated";
import { openBroker, type ServingBroker } from "../../../packages/broker/src/broker.ts";
import type { BrokerState } from "../../../packages/broker/src/broker-state.ts";
import { leaderMovedTo, leadersWith, leadersWithout } from "../../../packages/broker/src/metadata/leadership.ts";
import type { MetadataRecord } from "../../../packages/broker/src/metadata/metadata-records.ts";
import { Life } from "./life.ts";

const FIRST_PORT = 9092;

export type EndKind = "killed" | "power-lost";

/** What a machine is made of. */
export interface MachineParts {
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly net: SimulatedNet;
  readonly random: SeededRandom;
  readonly logger: Logger;
}

/** The one machine of a simulated world, on which a broker runs, or not. */
export class Machine {
  readonly nodeIds: readonly number[];
  readonly #parts: MachineParts;
  readonly #settings: ReadonlyMap<string, string>;
  readonly #onEnd: (kind: EndKind) => void;
  #life: Life | undefined;
  #serving: ServingBroker | undefined;
  #endKind: EndKind = "killed";

  constructor(
    parts: MachineParts,
    plan: { readonly brokers: number; readonly settings: Readonly<Record<string, string>> },
    onEnd: (kind: EndKind) => void,
  ) {
    this.#parts = parts;
    this.nodeIds = Array.from({ length: plan.brokers }, (_, i) => i + 1);
    this.#settings = new Map(Object.entries({ listeners: `PLAINTEXT://127.0.0.1:${FIRST_PORT}`, ...plan.settings }));
    this.#onEnd = onEnd;
  }

  /** The port of a virtual broker. */
  portOf(nodeId: number): number {
    return FIRST_PORT + nodeId - 1;
  }

  /** A process is there: it starts, serves or stops. */
  get isRunning(): boolean {
    return this.#life !== undefined;
  }

  /** The broker's inside; undefined unless it serves. */
  get state(): BrokerState | undefined {
    return this.#serving?.state;
  }

  get nodes(): ServingBroker["nodes"] | undefined {
    return this.#serving?.nodes;
  }

  /** Resolves with `serving`, with `ended` when the process was ended meanwhile, or with the error that it gave up with. */
  async start(): Promise<"serving" | "ended" | OttlaError> {
    const life = new Life(this.#parts, () => this.#endLife());
    this.#life = life;
    this.#endKind = "killed";
    const opening = openBroker(
      { clock: life.clock, disk: life.disk, net: life.net, random: this.#parts.random, logger: this.#loggerOf(life) },
      { dataDirectory: "/data", settings: this.#settings, brokers: this.nodeIds.length },
    );
    try {
      const serving = await Promise.race([opening, life.ended]);
      if (life.isOver || !serving) return "ended";
      this.#serving = serving;
      return "serving";
    } catch (error) {
      if (life.isOver) return "ended";
      life.end();
      if (error instanceof OttlaError) return error;
      throw error;
    }
  }

  /** The process ends now. */
  end(kind: EndKind): void {
    this.#endKind = kind;
    this.#life?.end();
  }

  /** The process ends when it has changed the disk so many times more. */
  endAfterChanges(kind: EndKind, changes: number): void {
    this.#endKind = kind;
    this.#life?.endAfterChanges(changes);
  }

  /** Stops as for SIGTERM. Resolves when it has stopped, or was ended meanwhile. */
  async stop(): Promise<void> {
    const life = this.#life;
    const serving = this.#serving;
    if (!life || !serving) return;
    this.#serving = undefined;
    await Promise.race([serving.stop(), life.ended]);
    if (!life.isOver) life.end();
  }

  /** Moves the leadership of a partition, as a controller does. */
  async moveLeader(topicId: string, partition: number, nodeId: number): Promise<void> {
    await this.#changeMetadata(({ metadata }) => {
      const found = metadata.topicById(topicId)?.partitions[partition];
      return found && metadata.node(nodeId) ? leaderMovedTo(topicId, found, nodeId) : [];
    });
  }

  async takeDown(nodeId: number): Promise<void> {
    await this.#serving?.nodes.takeDown(nodeId);
    await this.#changeMetadata(({ metadata }) => leadersWithout(metadata, nodeId));
  }

  async bringUp(nodeId: number): Promise<void> {
    await this.#serving?.nodes.bringUp(nodeId);
    await this.#changeMetadata(({ metadata }) => leadersWith(metadata, nodeId));
  }

  async #changeMetadata(decide: (state: BrokerState) => readonly MetadataRecord[]): Promise<void> {
    const life = this.#life;
    const state = this.state;
    if (!life || !state) return;
    await Promise.race([state.controller.change(() => decide(state)), life.ended]);
  }

  /** What the end of the process does to the rest of the machine. */
  #endLife(): void {
    const { disk, net, random } = this.#parts;
    this.#life = undefined;
    this.#serving = undefined;
    disk.crash(this.#endKind === "killed" ? { mode: "process" } : { mode: "power", random });
    net.resetAll();
    this.#onEnd(this.#endKind);
  }

  /** The dead tell nothing. */
  #loggerOf(life: Life): Logger {
    const { logger } = this.#parts;
    return {
      error: (message, fields) => void (life.isOver || logger.error(message, fields)),
      warn: (message, fields) => void (life.isOver || logger.warn(message, fields)),
      info: (message, fields) => void (life.isOver || logger.info(message, fields)),
      debug: () => {},
    };
  }
}
