import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Document, EJSON, Timestamp } from "bson";
import type { ChangeStream, ChangeStreamOptions, Db, MongoClient } from "mongodb";
import { ConnectError, RetriableError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import type { SourceEvent, SourceItem, SourceTaskContext } from "../../../plugin/source-plugin.ts";
import { bsonType } from "../bson-value.ts";
import type { MongodbSourceSettings } from "../mongodb-config.ts";
import { helloOf, mongodbError, openMongodb, serversOf } from "../mongodb-session.ts";
import { reconnectWaitMs } from "../../reconnect-wait.ts";
import { type Change, copiedChange, eventMaker } from "./change-event.ts";
import { type ChangePlace, offsetOf, placeOf } from "./change-place.ts";

/** What is given on together is about so long at most: one document alone may have 16 MB. */
const GIVEN_CHARACTERS = 8 * 2 ** 20;
/** The driver's own types, so that a Long is told from a Double. */
const EXACT = { promoteValues: false, promoteLongs: false, bsonRegExp: true } as const;
const OWN_DATABASES = new Set(["admin", "config", "local"]);

/** One source's reading: what is there, where that is asked for, and then changes, each behind the last. */
export class ChangeReading {
  readonly #settings: MongodbSourceSettings;
  readonly #context: SourceTaskContext<Record<string, unknown>>;
  readonly #partition: SourcePlace;
  readonly #eventOf: ReturnType<typeof eventMaker>;
  readonly #pipeline: readonly Document[];
  readonly #copies: RegExp;
  /** Behind what was given on: a connection that is lost before takes what it had brought with it, which is then read again. */
  #place: ChangePlace | undefined;

  constructor(settings: MongodbSourceSettings, context: SourceTaskContext<Record<string, unknown>>) {
    this.#settings = settings;
    this.#context = context;
    this.#partition = partitionOf(settings);
    this.#eventOf = eventMaker(settings, this.#partition);
    this.#pipeline = pipelineOf(settings);
    this.#copies = copiedNames(settings);
  }

  async *read(): AsyncGenerator<readonly SourceItem[]> {
    const { signal, log, offsets } = this.#context;
    const offset = await offsets.get(this.#partition);
    this.#place = offset === undefined ? undefined : placeOf(offset);
    for (let failures = 0; !signal.aborted; failures++) {
      let client: MongoClient | undefined;
      const stop = (): void => void client?.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        client = await openMongodb(this.#settings);
        for await (const items of this.#items(client)) {
          failures = 0;
          if (items.length > 0) yield items;
          if (signal.aborted) break;
        }
      } catch (error) {
        if (signal.aborted) break;
        const told = mongodbError(error, this.#settings, "CONNECT_SOURCE");
        if (!(told instanceof RetriableError)) throw told;
        const waitMs = reconnectWaitMs(failures, this.#settings["ottla.reconnect.max.ms"]);
        log.warn("MongoDB was lost and is tried again", { waitMs, problem: told.message });
        await pause(systemClock, waitMs, signal);
      } finally {
        signal.removeEventListener("abort", stop);
        await client?.close();
      }
    }
  }

  async *#items(client: MongoClient): AsyncGenerator<readonly SourceItem[]> {
    if (this.#place === undefined) {
      const from = await this.#start(client);
      const isCopy = this.#settings["startup.mode"] === "copy_existing";
      this.#place = isCopy ? { from, copied: { namespace: "", id: null } } : { from };
      // What happens before the first change is read again behind this.
      yield [this.#progress()];
    }
    if (this.#place.copied !== undefined) {
      yield* this.#copy(client);
      this.#place = { from: this.#place.from };
      yield [this.#progress()];
    }
    // A collection that is dropped ends its stream, and may be there again.
    while (!this.#context.signal.aborted) yield* this.#changes(client);
  }

  #progress(place = this.#place): SourceItem {
    return { partition: this.#partition, offset: offsetOf(place ?? {}) };
  }

  /** Changes from this time on are none of those that a reader has seen before. */
  async #start(client: MongoClient): Promise<Timestamp> {
    const { "startup.mode": mode, "startup.mode.timestamp.start.at.operation.time": text } = this.#settings;
    if (mode === "timestamp") return timestampOf(text);
    const { operationTime, localTime } = await helloOf(client);
    if (bsonType(operationTime) === "Timestamp") return operationTime as Timestamp;
    const ms = localTime instanceof Date ? localTime.getTime() : systemClock.nowMs();
    return new Timestamp({ t: Math.floor(ms / 1000), i: 1 });
  }

  async *#copy(client: MongoClient): AsyncGenerator<readonly SourceItem[]> {
    const done = this.#place?.copied;
    for (const namespace of await this.#namespaces(client)) {
      const name = `${namespace.db}.${namespace.coll}`;
      if (done === undefined || name < done.namespace) continue;
      const behind = name === done.namespace ? [{ $match: { $expr: { $gt: ["$_id", { $literal: done.id }] } } }] : [];
      this.#context.log.info("documents are copied", { namespace: name });
      const documents = client
        .db(namespace.db)
        .collection(namespace.coll)
        .aggregate([...behind, { $sort: { _id: 1 } }], { ...EXACT, allowDiskUse: true });
      try {
        let given: SourceEvent[] = [];
        let characters = 0;
        let place = this.#place;
        for await (const document of documents) {
          place = { from: this.#place?.from, copied: { namespace: name, id: document["_id"] } };
          const event = this.#eventOf(copiedChange(namespace, document), place);
          if (event === undefined) continue;
          given.push(event);
          characters += sizeOf(event);
          if (given.length < this.#settings["poll.max.batch.size"] && characters < GIVEN_CHARACTERS) continue;
          this.#place = place;
          yield given;
          given = [];
          characters = 0;
        }
        this.#place = place;
        yield given;
      } finally {
        await documents.close();
      }
    }
  }

  /** In the order of their names, in which the copy goes on after a stop. */
  async #namespaces(client: MongoClient): Promise<readonly { readonly db: string; readonly coll: string }[]> {
    const { database, collection } = this.#settings;
    const found: { readonly db: string; readonly coll: string }[] = [];
    const databases =
      database === ""
        ? (await client.db("admin").admin().listDatabases({ nameOnly: true })).databases
            .map(({ name }) => name)
            .filter((name) => !OWN_DATABASES.has(name))
        : [database];
    for (const db of databases) {
      const names =
        collection === ""
          ? (await client.db(db).listCollections({ type: "collection" }, { nameOnly: true }).toArray()).map(({ name }) => name)
          : [collection];
      for (const coll of names) if (!coll.startsWith("system.") && this.#copies.test(`${db}.${coll}`)) found.push({ db, coll });
    }
    const nameOf = ({ db, coll }: { readonly db: string; readonly coll: string }): string => `${db}.${coll}`;
    return found.sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  }

  async *#changes(client: MongoClient): AsyncGenerator<readonly SourceItem[]> {
    const stream = this.#watch(client);
    try {
      let next: Promise<Change | null> | undefined;
      while (!this.#context.signal.aborted) {
        next ??= stream.tryNext();
        let change = await next;
        next = undefined;
        const given: SourceItem[] = [];
        let characters = 0;
        let place = this.#place;
        while (change !== null) {
          place = { token: change._id };
          const event = this.#eventOf(change, place);
          given.push(event ?? this.#progress(place));
          if (event !== undefined) characters += sizeOf(event);
          if (given.length >= this.#settings["poll.max.batch.size"] || characters >= GIVEN_CHARACTERS) break;
          // What the driver has already is there at once; for more nobody waits here.
          next = stream.tryNext();
          // A failure is heard of by whoever awaits it behind what was given on.
          const more: Change | null | "later" = await Promise.race([next.catch(() => "later" as const), atOnce()]);
          if (more === "later") break;
          next = undefined;
          change = more;
        }
        if (given.length === 0) {
          if (stream.closed) return;
          // Nothing changed here; elsewhere it did, and what is kept of that does not reach back for ever.
          const token = stream.resumeToken as Document | null | undefined;
          if (token != null && !sameToken(token, this.#place?.token)) {
            place = { token };
            given.push(this.#progress(place));
          }
        }
        this.#place = place;
        yield given;
      }
    } finally {
      await stream.close();
    }
  }

  #watch(client: MongoClient): ChangeStream<Document, Change & Document> {
    const settings = this.#settings;
    const full = settings["change.stream.full.document"];
    const before = settings["change.stream.full.document.before.change"];
    const wantsFull = full === "default" && settings["publish.full.document.only"] ? "updateLookup" : full;
    const { token, from } = this.#place ?? {};
    const options: ChangeStreamOptions = {
      ...EXACT,
      ...(wantsFull !== "default" && { fullDocument: wantsFull }),
      ...(before !== "default" && { fullDocumentBeforeChange: before }),
      ...(token !== undefined ? { startAfter: token } : from !== undefined ? { startAtOperationTime: from } : {}),
      maxAwaitTimeMS: settings["poll.await.time.ms"],
      batchSize: settings["poll.max.batch.size"],
    };
    const { database, collection } = settings;
    const whole: Db | MongoClient = database === "" ? client : client.db(database);
    const watched = collection === "" || database === "" ? whole : client.db(database).collection(collection);
    return watched.watch<Document, Change & Document>([...this.#pipeline], options);
  }
}

/** What offsets stand under. */
function partitionOf(settings: MongodbSourceSettings): SourcePlace {
  const { "offset.partition.name": name, database, collection } = settings;
  const watched = [database, collection].filter((part) => part !== "").join(".");
  return { ns: name === "" ? `mongodb://${serversOf(settings["connection.uri"])}/${watched}` : name };
}

/** @throws ConnectError CONNECT_CONFIG */
export function checkReading(settings: MongodbSourceSettings): void {
  eventMaker(settings, {});
  pipelineOf(settings);
  copiedNames(settings);
  if (settings.database === "" && settings.collection !== "")
    throw new ConnectError("CONNECT_CONFIG", "collection is watched in a database: give database too.");
  if (settings["startup.mode"] === "timestamp") timestampOf(settings["startup.mode.timestamp.start.at.operation.time"]);
}

function pipelineOf({ pipeline: text }: MongodbSourceSettings): readonly Document[] {
  const fail = (cause?: unknown): ConnectError =>
    new ConnectError("CONNECT_CONFIG", 'pipeline is a list of stages in extended JSON: [{"$match": {"operationType": "insert"}}].', {
      cause,
    });
  let parsed: unknown;
  try {
    parsed = EJSON.parse(text, { relaxed: false });
  } catch (error) {
    throw fail(error);
  }
  if (!Array.isArray(parsed) || parsed.some((stage) => typeof stage !== "object" || stage === null || Array.isArray(stage))) throw fail();
  return parsed as Document[];
}

function copiedNames(settings: MongodbSourceSettings): RegExp {
  const pattern = settings["startup.mode.copy.existing.namespace.regex"];
  try {
    return new RegExp(pattern === "" ? "^" : `^(?:${pattern})$`);
  } catch (cause) {
    throw new ConnectError("CONNECT_CONFIG", `startup.mode.copy.existing.namespace.regex is no regular expression: ${String(cause)}.`, {
      cause,
    });
  }
}

function timestampOf(text: string): Timestamp {
  const fail = (): ConnectError =>
    new ConnectError(
      "CONNECT_CONFIG",
      "startup.mode.timestamp.start.at.operation.time says where to begin: seconds since 1970, a time in ISO 8601, or a timestamp in extended JSON.",
    );
  if (/^\d{1,10}$/.test(text)) return new Timestamp({ t: Number(text), i: 1 });
  const ms = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text) && ms >= 0) return new Timestamp({ t: Math.floor(ms / 1000), i: 1 });
  try {
    const parsed: unknown = EJSON.parse(text, { relaxed: false });
    if (bsonType(parsed) === "Timestamp") return parsed as Timestamp;
  } catch {
    // Told below, as every other text that is no time.
  }
  throw fail();
}

function sameToken(left: Document, right: Document | undefined): boolean {
  return right !== undefined && EJSON.stringify(left) === EJSON.stringify(right);
}

function sizeOf({ value }: SourceEvent): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
}

function atOnce(): Promise<"later"> {
  return new Promise((resolve) => setImmediate(() => resolve("later")));
}
