import type { Redis } from "ioredis";
import type { SourcePlace } from "../../data/connect-record.ts";
import type { SourceEvent, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { readOverLosses } from "./read-over-losses.ts";
import type { RedisListSettings } from "./redis-config.ts";
import { topicOf, valueOfBytes } from "./value-of-bytes.ts";

/** Which task of how many. */
export interface ListShare {
  readonly task: number;
  readonly tasks: number;
}

/** A list and what one task has taken of it. Items are counted from the first that was ever taken. */
interface Part {
  readonly list: string;
  readonly pending: string;
  readonly place: SourcePlace;
  /** Taken and not let go of, in order; the first is number `done`. */
  readonly open: Buffer[];
  /** So many were let go of, by Redis. */
  done: number;
  /** So many are durable. */
  durable: number;
  /** So many were handed on before by this task, and are durable or on their way. */
  readonly handed: number;
}

/** As many as there may ever have been. */
const TASKS_MAX = 1000;
const LET_GO_AT_ONCE = 1000;

/**
 * One task's reading. What it takes stands in a list of its own (BLMOVE) until it is durable; then it is let go of (LREM) together with the number of those that were. So a start knows which of the pending are durable already: they are
 * let go of, and the others are handed on again.
 */
export class ListReading {
  readonly #settings: RedisListSettings;
  readonly #context: SourceTaskContext<ListShare>;
  #parts = new Map<string, Part>();
  #reader: Redis | undefined;
  #keeper: Redis | undefined;
  #keeping: Promise<void> | undefined;

  constructor(settings: RedisListSettings, context: SourceTaskContext<ListShare>) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Records up to this count are durable. */
  durable(place: SourcePlace, count: number): void {
    const part = this.#parts.get(String(place["pending"]));
    if (part === undefined) return;
    part.durable = Math.max(part.durable, count);
    void this.#letGo();
  }

  read(): AsyncGenerator<readonly SourceEvent[]> {
    return readOverLosses(this.#context, this.#settings, {
      read: (reader, keeper) => {
        this.#reader = reader;
        this.#keeper = keeper;
        return this.#items(reader);
      },
      end: async () => {
        await this.#keeping;
        if (this.#context.signal.aborted) await this.#letGo();
        this.#keeper = undefined;
      },
    });
  }

  async *#items(client: Redis): AsyncGenerator<readonly SourceEvent[]> {
    const own: Part[] = [];
    const before = this.#parts;
    this.#parts = new Map();
    for (const list of this.#settings["redis.list.name"]) {
      for (const task of await this.#tasksWithPending(client, list)) {
        const part = await this.#open(client, list, task, before);
        if (task === this.#context.task.task) own.push(part);
        for (const [at, item] of part.open.entries())
          if (part.done + at >= Math.max(part.durable, part.handed)) yield [this.#event(part, item, part.done + at + 1)];
      }
    }
    void this.#letGo();
    const waitSec = this.#settings["redis.list.block"] / 1000 / own.length;
    while (!this.#context.signal.aborted)
      for (const part of own) {
        const first = (await client.callBuffer(
          "BLMOVE",
          part.list,
          part.pending,
          "LEFT",
          "RIGHT",
          String(own.length > 1 ? Math.min(waitSec, 0.05) : waitSec),
        )) as Buffer | null;
        if (first === null) {
          yield [];
          continue;
        }
        const more = this.#settings["batch.size"] - 1;
        const moves = client.pipeline();
        for (let i = 0; i < more; i++) moves.callBuffer("LMOVE", part.list, part.pending, "LEFT", "RIGHT");
        const answers = more === 0 ? [] : ((await moves.exec()) ?? []);
        const items = [first];
        for (const [error, item] of answers) {
          if (error !== null) throw error;
          if (item !== null) items.push(item as Buffer);
        }
        const count = part.done + part.open.length;
        part.open.push(...items);
        yield items.map((item, at) => this.#event(part, item, count + at + 1));
      }
  }

  #event({ list, place }: Part, item: Buffer, count: number): SourceEvent {
    return {
      topic: topicOf(this.#settings.topic, "list", list),
      ...valueOfBytes(item, this.#settings["redis.value"], `An item of the list ${list}`),
      partition: place,
      offset: { count },
    };
  }

  /** This task's, and those of tasks that are no more and left something behind. */
  async #tasksWithPending(client: Redis, list: string): Promise<readonly number[]> {
    const { task, tasks } = this.#context.task;
    const others: number[] = [];
    for (let number = tasks + task; number < TASKS_MAX; number += tasks) others.push(number);
    const asked = client.pipeline();
    for (const number of others) asked.llen(this.#pendingOf(list, number));
    const found = (await asked.exec()) ?? [];
    return [task, ...others.filter((_, at) => Number(found[at]?.[1] ?? 0) > 0)];
  }

  async #open(client: Redis, list: string, task: number, before: ReadonlyMap<string, Part>): Promise<Part> {
    const pending = this.#pendingOf(list, task);
    const place = { list, pending };
    const done = Number((await client.get(`${pending}:done`)) ?? 0);
    const open = await client.lrangeBuffer(pending, 0, -1);
    const kept = Number((await this.#context.offsets.get(place))?.["count"] ?? 0);
    const earlier = before.get(pending);
    // A server that forgot its last second has taken fewer: what it takes next has their numbers, and is another.
    const taken = done + open.length;
    const durable = Math.max(done, Math.min(taken, Math.max(kept, earlier?.durable ?? 0)));
    const handed = earlier === undefined ? 0 : Math.min(taken, earlier.done + earlier.open.length);
    const part: Part = { list, pending, place, open, done, durable, handed };
    this.#parts.set(pending, part);
    return part;
  }

  #pendingOf(list: string, task: number): string {
    const base = this.#settings["redis.list.pending"].replaceAll("${list}", list).replaceAll("${connector}", this.#context.connector);
    return `${base}-${task}`;
  }

  /** One at a time; what cannot be let go of now is with the next. */
  #letGo(): Promise<void> {
    this.#keeping ??= this.#letGoNow().finally(() => {
      this.#keeping = undefined;
    });
    return this.#keeping;
  }

  async #letGoNow(): Promise<void> {
    for (const part of this.#parts.values())
      for (;;) {
        const count = Math.min(part.durable - part.done, part.open.length, LET_GO_AT_ONCE);
        if (count <= 0 || this.#keeper === undefined) break;
        const multi = this.#keeper.multi();
        for (const item of part.open.slice(0, count)) multi.lrem(part.pending, 1, item);
        multi.set(`${part.pending}:done`, String(part.done + count));
        try {
          await multi.exec();
        } catch {
          // What became of it is found out by reading anew.
          this.#reader?.disconnect();
          return;
        }
        part.open.splice(0, count);
        part.done += count;
      }
  }
}
