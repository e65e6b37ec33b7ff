import type { MongoClient } from "mongodb";
import { ConnectError, RetriableError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import { defineSink } from "../../../plugin/define.ts";
import type { CheckContext, CheckFinding } from "../../../plugin/plugin-context.ts";
import type { SinkPlugin, SinkTask, WriteContext } from "../../../plugin/sink-plugin.ts";
import { mongodbSinkConfig, type MongodbSinkSettings } from "../mongodb-config.ts";
import { isOfServer, mongodbError, openMongodb } from "../mongodb-session.ts";
import { type OperationMaker, operationMaker, type RecordOperation } from "./record-operation.ts";

const DUPLICATE_KEY = 11_000;

/** Records as documents. A record that comes again is the same document, unless its _id is in the value and documents are inserted. */
export const mongodbSink: SinkPlugin<typeof mongodbSinkConfig> = defineSink({
  name: "mongodb-sink",
  aliases: ["com.mongodb.kafka.connect.MongoSinkConnector"],
  version: "0.1.0",
  doc: "Writes records to collections of MongoDB (experimental: tried on other servers that speak its protocol).",
  config: mongodbSinkConfig,
  async check(settings: MongodbSinkSettings, _context: CheckContext): Promise<readonly CheckFinding[]> {
    operationMaker(settings);
    try {
      await (await openMongodb(settings)).close();
      return [];
    } catch (error) {
      return [{ severity: "error", key: "connection.uri", message: mongodbError(error, settings).message }];
    }
  },
  open: async (settings) => new MongodbWriting(settings),
});

interface Wish extends RecordOperation {
  readonly record: SinkRecord;
}

class MongodbWriting implements SinkTask {
  readonly #settings: MongodbSinkSettings;
  readonly #operationOf: OperationMaker;
  #client: MongoClient | undefined;

  constructor(settings: MongodbSinkSettings) {
    this.#settings = settings;
    this.#operationOf = operationMaker(settings);
  }

  async write(records: readonly SinkRecord[], context: WriteContext): Promise<void> {
    const most = this.#settings["max.batch.size"] || Infinity;
    const stop = (): void => void this.#drop();
    context.signal.addEventListener("abort", stop, { once: true });
    try {
      let wishes: Wish[] = [];
      let collection = "";
      for (const record of records) {
        const wanted = this.#wanted(record, context);
        if (wanted === undefined) continue;
        const own = this.#settings.collection ?? record.topic;
        if (wishes.length >= most || (own !== collection && wishes.length > 0)) {
          await this.#send(collection, wishes, context);
          wishes = [];
        }
        collection = own;
        wishes.push({ record, ...wanted });
      }
      if (wishes.length > 0) await this.#send(collection, wishes, context);
    } catch (error) {
      await this.#drop();
      throw mongodbError(error, this.#settings);
    } finally {
      context.signal.removeEventListener("abort", stop);
    }
  }

  async close(): Promise<void> {
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  #wanted(record: SinkRecord, { reportBad }: WriteContext): RecordOperation | undefined {
    try {
      return this.#operationOf(record);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      reportBad(record, error);
      return undefined;
    }
  }

  /** What one document does wrong keeps no other back. */
  async #send(collection: string, wishes: readonly Wish[], { signal, reportBad }: WriteContext): Promise<void> {
    const client = (this.#client ??= await openMongodb(this.#settings));
    const place = client.db(this.#settings.database).collection(collection);
    const ordered = this.#settings["bulk.write.ordered"];
    let rest = wishes;
    while (rest.length > 0 && !signal.aborted) {
      const faults = await faultsOf(() =>
        place.bulkWrite(
          rest.map(({ operation }) => operation),
          { ordered },
        ),
      );
      let done = rest.length;
      for (const { index, code, message } of faults) {
        const wish = rest[index];
        if (wish === undefined || isOfServer(code)) throw new RetriableError(`MongoDB does not write now: ${message}.`);
        if (ordered) done = index + 1;
        if (code === DUPLICATE_KEY && wish.isWrittenOnce) continue;
        reportBad(wish.record, new ConnectError("CONNECT_SINK", `MongoDB refuses the document: ${message}.`));
      }
      rest = rest.slice(done);
    }
  }
}

interface Fault {
  readonly index: number;
  readonly code: number;
  readonly message: string;
}

/** What single documents did wrong; rejects where the request failed as a whole. */
async function faultsOf(send: () => Promise<unknown>): Promise<readonly Fault[]> {
  const { MongoBulkWriteError } = await import("mongodb");
  try {
    await send();
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const faults = [error.writeErrors].flat();
    // Written, and not by as many as have to have it.
    if (faults.length === 0) throw error;
    return faults.map(({ index, code, errmsg }) => ({ index, code, message: (errmsg ?? "").replace(/\.$/, "") }));
  }
}
