// A publisher of an outbox in a process of its own, to be killed: `outbox-process.ts {bootstrap, transactionalId, store, database}`. Says "publishing" when it asks its store for a batch, and "published" when
// it comes to mark one.
import { createClient } from "@ottla/client";
import { OutboxPublisher, type OutboxStore } from "@ottla/client/outbox";
import pg from "pg";

/** What it is told, as JSON. `store`: the address of the module that has `PostgresOutbox`. */
export interface OutboxProcessOrder {
  readonly bootstrap: string;
  readonly transactionalId: string;
  readonly store: string;
  readonly database: { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
  readonly batchRecordsMax: number;
  /** Waits for ever where it should mark a batch. */
  readonly holdsMarks?: boolean;
}

const order = JSON.parse(process.argv[2]!) as OutboxProcessOrder;
const { PostgresOutbox } = (await import(order.store)) as { readonly PostgresOutbox: new (pool: unknown) => OutboxStore };
const pool = new pg.Pool({ ...order.database, max: 2 });
pool.on("error", () => {});
const store = new PostgresOutbox(pool);
const told: OutboxStore = {
  claim: (request) => {
    if (request.limit > 0) process.stdout.write("publishing\n");
    return store.claim(request);
  },
  markPublished: (batch) => {
    process.stdout.write("published\n");
    return order.holdsMarks === true ? new Promise(() => {}) : store.markPublished(batch);
  },
};
const { transactionalId, batchRecordsMax } = order;
const tell = (message: string, fields?: object): void =>
  void process.stderr.write(`${new Date().toISOString()} ${message} ${JSON.stringify(fields ?? {})}\n`);
const client = createClient({ bootstrapServers: order.bootstrap }, { logger: { debug: tell, info: tell, warn: tell, error: tell } });
const publisher = new OutboxPublisher(client, told, {
  transactionalId,
  batchRecordsMax,
  pollIntervalMs: 20,
});
await publisher.run();
