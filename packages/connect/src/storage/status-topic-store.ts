import type { Clock, Logger } from "@ottla/base";
import type { Client, ConsumerRecord, Producer } from "@ottla/client";
import { KnownStatuses } from "./known-statuses.ts";
import type { ConnectState, RunStatus, StatusOwner, StatusStore } from "./status-store.ts";
import { WholeTopic } from "./whole-topic.ts";

/** Where states are kept in a cluster. */
export interface StatusTopicOptions {
  readonly client: Client;
  readonly topic: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Own records that are not acknowledged, and what was read of the key meanwhile. */
interface Pending {
  count: number;
  read: { readonly partition: number; readonly offset: number; readonly apply: () => void } | undefined;
}

/** Connect's status topic: compacted, the same records that Apache Connect writes and reads. What this worker says is known here at once; what others say, when it is read. */
export class StatusTopicStore implements StatusStore {
  readonly #options: StatusTopicOptions;
  readonly #known = new KnownStatuses();
  readonly #topic: WholeTopic;
  readonly #pending = new Map<string, Pending>();
  /** Up to there a key is known by what this worker wrote itself. */
  readonly #ownOffsets = new Map<string, number>();
  #producer: Producer | undefined;

  constructor(options: StatusTopicOptions) {
    this.#options = options;
    this.#topic = new WholeTopic({
      ...options,
      onRecord: (record) => this.#read(record),
      onFailure: (error) => options.logger.error("the status topic can be read no more", { topic: options.topic, error }),
    });
  }

  start(): Promise<void> {
    return this.#topic.start();
  }

  put(owner: StatusOwner, status: RunStatus | null): void {
    this.#known.set(owner, status);
    this.#write(keyOf(owner), status === null ? null : valueOf(status));
  }

  get(owner: StatusOwner): RunStatus | undefined {
    return this.#known.get(owner);
  }

  tasks(connector: string): ReadonlyMap<number, RunStatus> {
    return this.#known.tasks(connector);
  }

  addTopic(connector: string, task: number, topic: string): void {
    if (!this.#known.addTopic(connector, topic)) return;
    const said = { name: topic, connector, task, discoverTimestamp: this.#options.clock.nowMs() };
    this.#write(topicKey(connector, topic), JSON.stringify({ topic: said }));
  }

  topics(connector: string): readonly string[] {
    return this.#known.topics(connector);
  }

  resetTopics(connector: string): void {
    for (const topic of this.#known.topics(connector)) {
      this.#known.removeTopic(connector, topic);
      this.#write(topicKey(connector, topic), null);
    }
  }

  async stop(): Promise<void> {
    await this.#producer?.close({ timeoutMs: 5_000 }).catch(() => {});
    await this.#topic.stop();
  }

  #write(key: string, value: string | null): void {
    this.#producer ??= this.#options.client.producer({ acks: "all", idempotent: true, lingerMs: 0, allowAutoCreateTopics: false });
    const pending = this.#pending.get(key) ?? { count: 0, read: undefined };
    pending.count++;
    this.#pending.set(key, pending);
    this.#producer.send({ topic: this.#options.topic, key, value }).then(
      ({ offset }) => this.#written(key, pending, offset),
      (error: unknown) => {
        this.#written(key, pending, -1);
        this.#options.logger.warn("a state could not be written", { topic: this.#options.topic, key, error });
      },
    );
  }

  #written(key: string, pending: Pending, offset: number): void {
    this.#ownOffsets.set(key, Math.max(offset, this.#ownOffsets.get(key) ?? -1));
    pending.count--;
    if (pending.count > 0) return;
    this.#pending.delete(key);
    // Somebody else wrote behind it.
    if (pending.read !== undefined && pending.read.offset > (this.#ownOffsets.get(key) ?? -1)) pending.read.apply();
  }

  #read({ key, value, partition, offset }: ConsumerRecord): void {
    const keyText = key?.toString("utf8") ?? "";
    const change = readStatus(keyText, value?.toString("utf8"));
    if (change === undefined) return;
    const apply = (): void => {
      if (change.kind === "status") this.#known.set(change.owner, change.status);
      else if (change.isThere) this.#known.addTopic(change.connector, change.topic);
      else this.#known.removeTopic(change.connector, change.topic);
    };
    const pending = this.#pending.get(keyText);
    if (pending !== undefined) pending.read = { partition, offset, apply };
    else if (offset > (this.#ownOffsets.get(keyText) ?? -1)) apply();
  }
}

type Change =
  | { readonly kind: "status"; readonly owner: StatusOwner; readonly status: RunStatus | null }
  | { readonly kind: "topic"; readonly connector: string; readonly topic: string; readonly isThere: boolean };

function keyOf({ connector, task }: StatusOwner): string {
  return task === undefined ? `status-connector-${connector}` : `status-task-${connector}-${task}`;
}

function topicKey(connector: string, topic: string): string {
  return `status-topic-${topic}:connector-${connector}`;
}

function valueOf({ state, trace, workerId, generation, version }: RunStatus): string {
  return JSON.stringify({ state, trace: trace ?? null, worker_id: workerId, generation, version: version ?? null });
}

function readStatus(key: string, text: string | undefined): Change | undefined {
  const topic = /^status-topic-(.*?):connector-(.*)$/s.exec(key);
  if (topic !== null) return { kind: "topic", topic: topic[1] ?? "", connector: topic[2] ?? "", isThere: text !== undefined };
  const owner = ownerOf(key);
  if (owner === undefined) return undefined;
  const status = text === undefined ? null : statusIn(text);
  return status === undefined ? undefined : { kind: "status", owner, status };
}

function ownerOf(key: string): StatusOwner | undefined {
  if (key.startsWith("status-connector-")) return { connector: key.slice("status-connector-".length) };
  const task = /^status-task-(.*)-(\d+)$/s.exec(key);
  return task === null ? undefined : { connector: task[1] ?? "", task: Number(task[2]) };
}

const STATES: ReadonlySet<string> = new Set(["UNASSIGNED", "RUNNING", "PAUSED", "FAILED", "RESTARTING", "STOPPED", "DESTROYED"]);

function statusIn(text: string): RunStatus | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { state, trace, worker_id: workerId, generation, version } = value as Readonly<Record<string, unknown>>;
  if (typeof state !== "string" || !STATES.has(state)) return undefined;
  return {
    state: state as ConnectState,
    workerId: typeof workerId === "string" ? workerId : "",
    generation: typeof generation === "number" ? generation : 0,
    ...(typeof trace === "string" && { trace }),
    ...(typeof version === "string" && { version }),
  };
}
