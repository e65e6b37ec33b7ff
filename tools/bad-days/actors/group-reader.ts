import { ErrorCode } from "@ottla/protocol";
import type { Client } from "./client.ts";
import { type CoordinatorFinder, isCoordinatorGone } from "./coordinator-finder.ts";
import { FetchSession } from "./fetch-session.ts";
import { fetchedRecords } from "./fetched-records.ts";
import { commitOffset, fetchCommitted, type GroupActor, type GroupPartition } from "./group-offsets.ts";

interface Held extends GroupPartition {
  /** Undefined until the group's offset is known. */
  offset: number | undefined;
  committed: number | undefined;
  /** Since when it is read upwards from one place. */
  since: number;
}

const LIMITS = { maxWaitMs: 20, minBytes: 1, maxBytes: 4000, partitionMaxBytes: 1000 };
/** What a member may read on with after a commit or a look-up failed so. */
const GOES_ON: ReadonlySet<number> = new Set([
  ErrorCode.NONE,
  ErrorCode.UNSTABLE_OFFSET_COMMIT,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
]);

/** Reads what a member was given, from where its group stands, and commits how far it has come. */
export class GroupReader {
  readonly #client: Client;
  readonly #coordinator: CoordinatorFinder;
  #actor: GroupActor;
  readonly #held = new Map<string, Held>();

  constructor(client: Client, coordinator: CoordinatorFinder, actor: GroupActor) {
    this.#client = client;
    this.#coordinator = coordinator;
    this.#actor = actor;
  }

  set epoch(epoch: number) {
    this.#actor = { ...this.#actor, epoch };
  }

  get held(): readonly GroupPartition[] {
    return [...this.#held.values()];
  }

  take({ topic, partition }: GroupPartition): void {
    const label = topic.label(partition);
    if (!this.#held.has(label)) this.#held.set(label, { topic, partition, offset: undefined, committed: undefined, since: 0 });
  }

  drop({ topic, partition }: GroupPartition): void {
    this.#held.delete(topic.label(partition));
  }

  /** One look at each partition. False when the member is none any more. */
  async readRound(): Promise<boolean> {
    for (const held of this.#held.values()) {
      if (this.#client.world.isClosing) return true;
      if (held.offset === undefined && !(await this.#find(held))) return false;
      if (held.offset !== undefined) await this.#read(held);
      if (held.offset !== undefined && held.offset !== held.committed && this.#client.random.chance(0.5) && !(await this.#commit(held)))
        return false;
    }
    return true;
  }

  async #find(held: Held): Promise<boolean> {
    const nodeId = await this.#coordinator.find();
    if (nodeId === undefined) return true;
    const found = await fetchCommitted(this.#client, nodeId, this.#actor, held);
    if ("code" in found) return this.#goesOn(found.code);
    held.offset = found.offset ?? 0;
    held.committed = found.offset;
    held.since = this.#client.world.history.tick();
    return true;
  }

  async #commit(held: Held): Promise<boolean> {
    const nodeId = await this.#coordinator.find();
    if (nodeId === undefined) return true;
    const offset = held.offset!;
    const code = await commitOffset(this.#client, nodeId, this.#actor, { ...held, offset });
    if (code === ErrorCode.NONE) held.committed = offset;
    return this.#goesOn(code);
  }

  #goesOn(code: number | undefined): boolean {
    if (isCoordinatorGone(code)) {
      this.#coordinator.forget();
      return true;
    }
    return GOES_ON.has(code!);
  }

  async #read(held: Held): Promise<void> {
    const { topic, partition } = held;
    const client = this.#client;
    const from = held.offset!;
    const leader = await client.leaderOf(topic, partition);
    if (leader === undefined) return client.forgetLeaders();
    const begun = client.world.history.tick();
    const session = new FetchSession(client, leader, "read_committed", false);
    const data = (await session.fetch([{ topic, partition, offset: from }], LIMITS))?.[0]?.data;
    if (data?.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      // The power took what the group had read.
      held.offset = Math.max(0, data.highWatermark);
      held.since = begun;
      return;
    }
    if (data?.errorCode !== ErrorCode.NONE) return client.forgetLeaders();
    const { records, next } = fetchedRecords(data, from, "read_committed");
    if (next === from) return;
    const reader = `${client.name}/${held.since}`;
    client.world.history.poll({ reader, partition: topic.label(partition), isolation: "read_committed", begun }, { from, next }, records);
    held.offset = next;
  }
}
