import { ErrorCode, errorInfo } from "@ottla/protocol";
import type { TransactionAnswer } from "../rule-outcome.ts";
import type { Transaction } from "../transaction.ts";
import { eachPartition, type TopicPartition } from "../transaction-partitions.ts";
import { decodeRecord } from "../transaction-record-codec.ts";
import { NODE_ID, TransactionScene } from "./transaction-scene.ts";

const TRANSACTIONAL_ID = "x";
/** Between a step's commands and what they led to. */
const RULE = "----";

/**
 * Plays a transcript: steps of commands, a rule, and what they led to. Returns the same text with what came of it, so that a comparison shows the difference and an
 * update is a plain write.
 */
export async function playTranscript(text: string): Promise<string> {
  const stage = await Stage.open();
  const played: string[] = [];
  for (const step of text.split(/\n\n+/).map((each) => each.trim())) {
    if (step === "") continue;
    const lines = step.split("\n");
    const rule = lines.indexOf(RULE);
    const commands = rule === -1 ? lines : lines.slice(0, rule);
    const effects: string[] = [];
    for (const command of commands) if (!command.startsWith("#")) effects.push(...(await stage.play(command)));
    played.push(commands.every((command) => command.startsWith("#")) ? step : [...commands, RULE, ...effects].join("\n"));
  }
  return `${played.join("\n\n")}\n`;
}

/** What a client knows of itself. */
interface Client {
  producerId: number;
  producerEpoch: number;
}

/** Producers of the transactional id "x", by names that the transcript gives them. */
class Stage {
  readonly #scene: TransactionScene;
  readonly #clients = new Map<string, Client>();
  readonly #effects: string[] = [];
  #loggedRecords = 0;
  #shownMarkers = 0;
  #openGate: () => void = () => {};

  private constructor(scene: TransactionScene) {
    this.#scene = scene;
  }

  static async open(): Promise<Stage> {
    return new Stage(await TransactionScene.open());
  }

  async play(line: string): Promise<string[]> {
    const words = line.split(/\s+/);
    const options = Object.fromEntries(words.filter((word) => word.includes("=")).map((word) => word.split("=") as [string, string]));
    const [verb = "", ...names] = words.filter((word) => !word.includes("="));
    await this.#perform(verb, names, options);
    await this.#settle();
    return this.#effects.splice(0);
  }

  async #perform(verb: string, names: readonly string[], options: Record<string, string>): Promise<void> {
    if (!this.#ask(verb, names, options) && !(await this.#arrange(verb, names, options))) {
      throw new Error(`The transcript has "${verb}", which is no command.`);
    }
  }

  /** What producers do. */
  #ask(verb: string, [name = "", ...rest]: readonly string[], options: Record<string, string>): boolean {
    const { coordinator, config } = this.#scene;
    const client = this.#clients.get(name) ?? { producerId: -1, producerEpoch: -1 };
    const producer = {
      producerId: Number(options["id"] ?? client.producerId),
      producerEpoch: Number(options["epoch"] ?? client.producerEpoch),
    };
    const to = { transactionalId: TRANSACTIONAL_ID, nodeId: NODE_ID };
    const partitions = rest.map(partitionOf);
    const clientVersion = Number(options["version"] ?? config.serverVersion);
    switch (verb) {
      case "init": {
        const expected = "goes-on" in options || "id" in options || "epoch" in options ? producer : undefined;
        this.#hear(name, coordinator.initProducer({ ...to, timeoutMs: Number(options["timeout"] ?? 60_000), expected }));
        return true;
      }
      case "add":
        this.#tell(name, coordinator.addPartitions({ ...to, ...producer, partitions, clientVersion }));
        return true;
      case "verify": {
        const codes = coordinator.verifyPartitions({ ...to, ...producer, partitions });
        this.#effects.push(`${name}: ${codes.map((code) => errorInfo(code).name).join(" ")}`);
        return true;
      }
      case "commit":
      case "abort":
        this.#hear(name, coordinator.end({ ...to, ...producer, isCommit: verb === "commit", clientVersion }));
        return true;
      default:
        return false;
    }
  }

  /** What happens to the broker. */
  async #arrange(verb: string, names: readonly string[], options: Record<string, string>): Promise<boolean> {
    const { log, markers, clock } = this.#scene;
    switch (verb) {
      case "server":
        this.#scene.config = { ...this.#scene.config, serverVersion: Number(options["version"]) };
        return true;
      case "given":
        this.#scene.putLast(TRANSACTIONAL_ID, Number(options["epoch"]));
        await this.#scene.restart();
        this.#loggedRecords = log.partitions[0]!.length;
        return true;
      case "wait":
        clock.advance(Number(names[0]));
        return true;
      case "hold":
        markers.gate = new Promise((resolve) => {
          this.#openGate = resolve;
        });
        return true;
      case "release":
        markers.gate = undefined;
        this.#openGate();
        return true;
      case "refuse":
        for (const partition of names) markers.failures.set(partition, codeOf(options["with"] ?? ""));
        return true;
      case "accept":
        markers.failures.clear();
        return true;
      case "log":
        log.failure = names[0] === "fails" ? codeOf(options["with"] ?? "KAFKA_STORAGE_ERROR") : undefined;
        return true;
      case "restart":
        markers.gate = undefined;
        await this.#scene.restart();
        return true;
      case "expire":
        await this.#scene.coordinator.expire();
        return true;
      default:
        return false;
    }
  }

  /** Tells the answer, and remembers who the client is by it. */
  #hear(name: string, answer: Promise<TransactionAnswer>): void {
    void answer.then(({ errorCode, producerId, producerEpoch }) => {
      const isTold = producerId !== -1;
      if (isTold) this.#clients.set(name, { producerId, producerEpoch });
      this.#effects.push(`${name}: ${errorInfo(errorCode).name}${isTold ? ` id=${producerId} epoch=${producerEpoch}` : ""}`);
    });
  }

  #tell(name: string, answer: Promise<number>): void {
    void answer.then((errorCode) => this.#effects.push(`${name}: ${errorInfo(errorCode).name}`));
  }

  /** Lets promises run their course, then shows what was written. */
  async #settle(): Promise<void> {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    const records = this.#scene.log.partitions[0]!;
    for (const record of records.slice(this.#loggedRecords)) {
      const decoded = decodeRecord(record);
      this.#effects.push(`log: ${decoded?.value ? shown(decoded.value) : "tombstone"}`);
    }
    this.#loggedRecords = records.length;
    const { written } = this.#scene.markers;
    for (const { topic, partition, isCommit, producerId, producerEpoch, coordinatorEpoch } of written.slice(this.#shownMarkers)) {
      const kind = isCommit ? "commit" : "abort";
      this.#effects.push(`marker: ${topic}-${partition} ${kind} id=${producerId} epoch=${producerEpoch} coordinator=${coordinatorEpoch}`);
    }
    this.#shownMarkers = written.length;
  }
}

function partitionOf(text: string): TopicPartition {
  const dash = text.lastIndexOf("-");
  return { topic: text.slice(0, dash), partition: Number(text.slice(dash + 1)) };
}

function codeOf(name: string): number {
  return ErrorCode[name as keyof typeof ErrorCode];
}

function shown(transaction: Transaction): string {
  const { state, producerId, producerEpoch, nextProducerId } = transaction;
  const partitions = [...eachPartition(transaction.partitions)].map(({ topic, partition }) => ` ${topic}-${partition}`).join("");
  return `${state} id=${producerId} epoch=${producerEpoch}${nextProducerId === -1 ? "" : ` next=${nextProducerId}`}${partitions}`;
}
