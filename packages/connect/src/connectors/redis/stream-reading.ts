import type { Redis } from "ioredis";
import { ConnectError } from "../../connect-error.ts";
import type { SourcePlace } from "../../data/connect-record.ts";
import { map, plain } from "../../data/make-schema.ts";
import type { SourceEvent, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { compareIds, timestampOfId } from "./entry-id.ts";
import { readOverLosses } from "./read-over-losses.ts";
import type { RedisStreamSettings } from "./redis-config.ts";

/** Which task of how many. */
export interface StreamShare {
  readonly task: number;
  readonly tasks: number;
}

/** What one consumer gets of one stream. */
interface Part {
  readonly stream: string;
  readonly consumer: string;
  readonly place: SourcePlace;
  /** The last entry that was handed on, or is durable since an earlier start. */
  last: string | undefined;
  /** Handed on and not durable. */
  open: string[];
  /** Durable and not acknowledged. */
  owed: string[];
}

type Entry = readonly [id: Buffer, fields: readonly Buffer[] | null];

const ACK_AT_ONCE = 1000;
const VALUE = map(plain("string"), plain("string"));
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** One task's reading: first what its consumers were given and never acknowledged, then what is new. */
export class StreamReading {
  readonly #settings: RedisStreamSettings;
  readonly #context: SourceTaskContext<StreamShare>;
  readonly #parts = new Map<string, Part>();
  #acker: Redis | undefined;
  #acking: Promise<void> | undefined;

  constructor(settings: RedisStreamSettings, context: SourceTaskContext<StreamShare>) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Records up to this entry are durable. */
  durable(place: SourcePlace, id: string): void {
    const part = this.#parts.get(keyOf(String(place["stream"]), String(place["consumer"])));
    if (part === undefined) return;
    const until = part.open.findIndex((each) => compareIds(each, id) > 0);
    part.owed.push(...part.open.splice(0, until < 0 ? part.open.length : until));
    void this.#acknowledge();
  }

  read(): AsyncGenerator<readonly SourceEvent[]> {
    return readOverLosses(this.#context, this.#settings, {
      read: (reader, acker) => {
        this.#acker = acker;
        return this.#entries(reader);
      },
      end: async () => {
        if (this.#context.signal.aborted) await this.#acknowledge();
        this.#acker = undefined;
      },
    });
  }

  async *#entries(client: Redis): AsyncGenerator<readonly SourceEvent[]> {
    const streams = this.#settings["redis.stream.name"];
    for (const stream of streams) {
      await this.#makeGroup(client, stream);
      for (const consumer of await this.#consumers(client, stream)) yield* this.#pending(client, await this.#part(stream, consumer));
    }
    const [group, own] = [this.#settings["redis.stream.consumer.group"], this.#own];
    while (!this.#context.signal.aborted) {
      const found = (await client.callBuffer(
        "XREADGROUP",
        "GROUP",
        group,
        own,
        "COUNT",
        String(this.#settings["batch.size"]),
        "BLOCK",
        String(this.#settings["redis.stream.block"]),
        "STREAMS",
        ...streams,
        ...streams.map(() => ">"),
      )) as readonly (readonly [Buffer, readonly Entry[]])[] | null;
      for (const [stream, entries] of found ?? []) yield this.#events(await this.#part(stream.toString(), own), entries);
      if (found === null) yield [];
    }
  }

  /** What a consumer was given and did not acknowledge, from the first one on. */
  async *#pending(client: Redis, part: Part): AsyncGenerator<readonly SourceEvent[]> {
    const { stream, consumer } = part;
    for (let after = "0-0"; ; ) {
      const found = (await client.callBuffer(
        "XREADGROUP",
        "GROUP",
        this.#settings["redis.stream.consumer.group"],
        consumer,
        "COUNT",
        String(this.#settings["batch.size"]),
        "STREAMS",
        stream,
        after,
      )) as readonly (readonly [Buffer, readonly Entry[]])[] | null;
      const entries = found?.[0]?.[1] ?? [];
      if (entries.length === 0) return;
      after = entries.at(-1)![0].toString();
      yield this.#events(part, entries);
    }
  }

  #events(part: Part, entries: readonly Entry[]): readonly SourceEvent[] {
    const events: SourceEvent[] = [];
    for (const [idBytes, fields] of entries) {
      const id = idBytes.toString();
      const isKnown = part.last !== undefined && compareIds(id, part.last) <= 0;
      if (isKnown || fields === null) {
        // Known: durable since an earlier start, or on its way. Without fields: it was deleted before anybody read it.
        const [firstOpen] = part.open;
        if (firstOpen === undefined || compareIds(id, firstOpen) < 0 || !isKnown) part.owed.push(id);
        if (!isKnown) this.#context.log.warn("an entry was deleted from its stream before it was read", { stream: part.stream, id });
        continue;
      }
      events.push({
        topic: this.#settings.topic.replaceAll("${stream}", part.stream.replaceAll(/[^\w.-]/g, "_")),
        key: id,
        keySchema: plain("string"),
        value: fieldsOf(part.stream, id, fields),
        valueSchema: VALUE,
        ...timestampOfId(id),
        partition: part.place,
        offset: { id },
      });
      part.last = id;
      part.open.push(id);
    }
    if (part.owed.length > 0) void this.#acknowledge();
    return events;
  }

  /** This task's, and those of tasks that are no more: what they were given and did not acknowledge is read in their name. */
  async #consumers(client: Redis, stream: string): Promise<readonly string[]> {
    const name = this.#settings["redis.stream.consumer.name"];
    const { task, tasks } = this.#context.task;
    const listed = (await client.call(
      "XINFO",
      "CONSUMERS",
      stream,
      this.#settings["redis.stream.consumer.group"],
    )) as readonly (readonly unknown[])[];
    const orphans = listed
      .map((each) => String(each[each.indexOf("name") + 1]))
      .filter((each) => {
        const number = each.startsWith(`${name}-`) ? Number(each.slice(name.length + 1)) : Number.NaN;
        return Number.isSafeInteger(number) && number >= tasks && number % tasks === task;
      });
    return [this.#own, ...orphans];
  }

  async #makeGroup(client: Redis, stream: string): Promise<void> {
    try {
      await client.call(
        "XGROUP",
        "CREATE",
        stream,
        this.#settings["redis.stream.consumer.group"],
        this.#settings["redis.stream.offset"],
        "MKSTREAM",
      );
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
    }
  }

  async #part(stream: string, consumer: string): Promise<Part> {
    const key = keyOf(stream, consumer);
    let part = this.#parts.get(key);
    if (part === undefined) {
      const place = { consumer, stream };
      const id = (await this.#context.offsets.get(place))?.["id"];
      part = { stream, consumer, place, last: typeof id === "string" ? id : undefined, open: [], owed: [] };
      this.#parts.set(key, part);
    }
    return part;
  }

  /** One at a time; what cannot be acknowledged now is with the next. */
  #acknowledge(): Promise<void> {
    this.#acking ??= this.#acknowledgeNow().finally(() => {
      this.#acking = undefined;
    });
    return this.#acking;
  }

  async #acknowledgeNow(): Promise<void> {
    for (const part of this.#parts.values()) {
      while (part.owed.length > 0 && this.#acker !== undefined) {
        const ids = part.owed.splice(0, ACK_AT_ONCE);
        try {
          await this.#acker.call("XACK", part.stream, this.#settings["redis.stream.consumer.group"], ...ids);
        } catch {
          part.owed.unshift(...ids);
          return;
        }
      }
    }
  }

  get #own(): string {
    return `${this.#settings["redis.stream.consumer.name"]}-${this.#context.task.task}`;
  }
}

function keyOf(stream: string, consumer: string): string {
  return `${consumer} ${stream}`;
}

function fieldsOf(stream: string, id: string, fields: readonly Buffer[]): Map<string, string> {
  const value = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i]!.toString();
    try {
      value.set(name, utf8.decode(fields[i + 1]));
    } catch (error) {
      throw new ConnectError(
        "CONNECT_DATA",
        `The entry ${id} of the stream ${stream} has bytes in "${name.slice(0, 60)}" that are no text (${fields[i + 1]!.subarray(0, 12).toString("hex")}…). Remove the entry (XDEL ${stream.slice(0, 60)} ${id}), or write texts.`,
        { cause: error, place: { field: name } },
      );
    }
  }
  return value;
}
