import { ErrorCode, KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { Client } from "../client.ts";
import { CloseTime } from "../close-time.ts";
import { type ClientDeps, resolveDeps } from "../deps.ts";
import { Lifetime } from "../lifetime.ts";
import { backoffMs, sleep } from "../net/backoff.ts";
import {
  checkFunction,
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOptions,
  checkTimeout,
  checkTopic,
  INT32_MAX,
} from "../options/argument-checks.ts";
import type { Producer } from "../producer/producer-types.ts";
import { messageOf } from "../thrown.ts";
import type { OutboxBatch, OutboxOptions, OutboxStore } from "./outbox-types.ts";

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 10_000;
const CLOSE_TIMEOUT_MS = 30_000;
const NOTHING_YET = 0;

/**
 * Publishes the rows of an outbox table: each once, in the order of the store. The number of a batch is committed as an offset in the transaction that has its records, so that the
 * cluster itself tells whether an open batch was published, whatever crashed and when. A batch that cannot be published is tried again as long as time may heal it, and
 * nothing overtakes it.
 */
export class OutboxPublisher implements AsyncDisposable {
  readonly #client: Client;
  readonly #store: OutboxStore;
  readonly #transactionalId: string;
  readonly #positionTopic: string;
  readonly #limit: number;
  readonly #pollIntervalMs: number;
  readonly #onTrouble: (error: Error) => void;
  readonly #deps: ClientDeps;
  readonly #producer: Producer;
  readonly #lifetime = new Lifetime();
  readonly #closed = Promise.withResolvers<void>();
  /** The last batch that is surely published; undefined until the cluster was asked. */
  #position: number | undefined;
  #working: Promise<number> | undefined;
  #isWoken = false;
  #wakeUp: Lifetime | undefined;

  /** Throws `ClientError` INVALID_ARGUMENT. `deps`: clock, chance and logger, as for `createClient`. */
  constructor(client: Client, store: OutboxStore, options: OutboxOptions, deps?: Partial<ClientDeps>) {
    checkFunction("OutboxPublisher: client.producer", checkObject("OutboxPublisher: client", client)["producer"]);
    const { claim, markPublished } = checkObject("OutboxPublisher: store", store);
    checkFunction("OutboxPublisher: store.claim", claim);
    checkFunction("OutboxPublisher: store.markPublished", markPublished);
    checkObject("OutboxPublisher: options", options);
    checkOptions("OutboxPublisher", options, {
      transactionalId: checkName,
      batchRecordsMax: (subject, value) => checkInteger(subject, value, 1, INT32_MAX),
      pollIntervalMs: checkTimeout,
      positionTopic: checkTopic,
      onTrouble: checkFunction,
    });
    checkName("OutboxPublisher: transactionalId", options.transactionalId);
    this.#client = client;
    this.#store = store;
    this.#transactionalId = options.transactionalId;
    this.#positionTopic = options.positionTopic ?? "outbox-positions";
    this.#limit = options.batchRecordsMax ?? 500;
    this.#pollIntervalMs = options.pollIntervalMs ?? 500;
    this.#deps = resolveDeps(deps);
    this.#onTrouble = (error) => {
      this.#deps.logger.warn("the outbox is not published; trying again", { transactionalId: this.#transactionalId, error: error.message });
      try {
        options.onTrouble?.(error);
      } catch (thrown) {
        this.#deps.logger.error("onTrouble has thrown", { transactionalId: this.#transactionalId, error: messageOf(thrown) });
      }
    };
    this.#producer = client.producer({ transactionalId: options.transactionalId });
  }

  /**
   * Publishes until it is closed. Rejects with what time will not heal: `ClientError` PRODUCER_FENCED (another publisher has the id), OUTBOX_POSITION_LOST, a row that no record can be made of.
   */
  async run(): Promise<void> {
    // A store that never answers must not hold up whoever waits for this.
    await Promise.race([this.#publishForEver(), this.#closed.promise]);
  }

  async #publishForEver(): Promise<void> {
    for (let failures = 0; this.#lifetime.cause === undefined; ) {
      try {
        const count = await this.publishPending();
        failures = 0;
        if (count === 0) await this.#idle();
      } catch (error) {
        if (this.#lifetime.cause !== undefined) return;
        if (!mayPass(error)) throw error;
        this.#onTrouble(error as Error);
        await sleep(this.#deps.clock, backoffMs(++failures, RETRY_FIRST_MS, RETRY_MAX_MS, this.#deps.random), this.#lifetime);
      }
    }
  }

  /** Publishes what is there, batch by batch. Resolves with the number of rows that became records by this call. Rejects with the first trouble; a later call goes on there. */
  async publishPending(): Promise<number> {
    this.#lifetime.throwIfOver();
    this.#isWoken = false;
    this.#working ??= this.#publishAll().finally(() => (this.#working = undefined));
    return this.#working;
  }

  /** There are new rows: {@link run} looks at once. For a database that can tell, such as PostgreSQL's LISTEN. */
  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.end(new ClientError("WOKEN_UP", "There are new rows."));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends `run` after the batch in hand, all within `timeoutMs` (30,000); what is left open by then is taken up by the next publisher. */
  async close(options?: { readonly timeoutMs?: number }): Promise<void> {
    checkOptions("close", options, { timeoutMs: checkTimeout });
    const { clock } = this.#deps;
    const time = new CloseTime(clock);
    const deadlineMs = clock.monotonicMs() + (options?.timeoutMs ?? CLOSE_TIMEOUT_MS);
    time.within(deadlineMs - clock.monotonicMs());
    this.#lifetime.end(new ClientError("CLIENT_CLOSED", "The outbox publisher was closed."));
    await Promise.race([this.#working?.catch(() => {}), time.over]);
    time.release();
    try {
      await this.#producer.close({ timeoutMs: Math.max(0, deadlineMs - clock.monotonicMs()) });
    } finally {
      this.#closed.resolve();
    }
  }

  async #publishAll(): Promise<number> {
    let published = 0;
    for (let marked = NOTHING_YET; ; ) {
      this.#position ??= await this.#findPosition();
      this.#lifetime.throwIfOver();
      const batch = readBatch(await this.#store.claim({ limit: this.#limit, after: this.#position }));
      if (batch === undefined) return published;
      if (batch.number === marked)
        throw new ClientError(
          "INVALID_ARGUMENT",
          `claim: batch ${marked} is open, though markPublished(${marked}) has resolved; see whether the store changes the rows of that batch, and commits.`,
          { subject: "store.markPublished" },
        );
      // An open batch whose number the cluster has was published by somebody who did not come to mark it.
      if (batch.number > this.#position) {
        await this.#publish(batch);
        this.#position = batch.number;
        published += batch.records.length;
      }
      await this.#store.markPublished(batch.number);
      marked = batch.number;
    }
  }

  /** First nobody else may publish under this id any more; what the cluster says then stays true. */
  async #findPosition(): Promise<number> {
    await this.#makePositionTopic();
    await this.#settle();
    await this.#producer.initTransactions();
    const committed = await this.#committedPosition();
    if (committed !== undefined) return committed;
    const open = readBatch(await this.#store.claim({ limit: 0, after: NOTHING_YET }));
    if (open !== undefined) {
      // Whoever has taken the id over since has a position before it claims: this one is fenced, as it will hear.
      const theirs = await this.#committedPosition();
      if (theirs !== undefined) return theirs;
      throw new ClientError(
        "OUTBOX_POSITION_LOST",
        `Batch ${open.number} of the outbox was claimed before, and the group "${this.#transactionalId}" has no offset for ${this.#positionTopic}-0 that would tell whether it was published. Look whether its ${open.records.length} records are in their topics; then commit offset ${open.number} if they are, or ${open.number - 1} if not.`,
      );
    }
    await this.#commitWith(NOTHING_YET, []);
    return NOTHING_YET;
  }

  async #committedPosition(): Promise<number | undefined> {
    const consumer = this.#client.consumer({ groupId: this.#transactionalId });
    try {
      const [answer] = await consumer.committed([{ topic: this.#positionTopic, partition: 0 }]);
      return answer?.committed?.offset;
    } finally {
      await consumer.close();
    }
  }

  async #makePositionTopic(): Promise<void> {
    const admin = this.#client.admin();
    try {
      const [made] = await admin.createTopics([{ name: this.#positionTopic, partitionCount: 1 }]);
      if (made?.error && made.error.errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS) throw made.error;
    } finally {
      await admin.close();
    }
  }

  /** An earlier call may have left a transaction behind. */
  async #settle(): Promise<void> {
    for (const end of [() => this.#producer.commit(), () => this.#producer.abort()]) {
      try {
        await end();
      } catch (error) {
        if (!(error instanceof ClientError) || (error.code !== "TRANSACTION_STATE" && !error.abortable)) throw error;
      }
    }
  }

  async #publish(batch: OutboxBatch): Promise<void> {
    try {
      await this.#commitWith(batch.number, batch.records);
    } catch (error) {
      // Whatever it was, the cluster is asked before anything else is published.
      this.#position = undefined;
      throw error;
    }
  }

  async #commitWith(position: number, records: OutboxBatch["records"]): Promise<void> {
    await this.#producer.transaction(async (tx) => {
      for (const record of records) void tx.send(record);
      await tx.sendOffsets([{ topic: this.#positionTopic, partition: 0, offset: position }], { groupId: this.#transactionalId });
    });
  }

  async #idle(): Promise<void> {
    if (this.#isWoken) return;
    const life = new Lifetime();
    this.#wakeUp = life;
    const forget = this.#lifetime.onEnd((cause) => life.end(cause));
    await sleep(this.#deps.clock, this.#pollIntervalMs, life);
    forget();
    this.#wakeUp = undefined;
  }
}

/** What a store gave, checked: a mistake there must not pass for an order. */
function readBatch(batch: OutboxBatch | undefined | null): OutboxBatch | undefined {
  // Databases say null.
  if (batch === undefined || batch === null) return undefined;
  checkObject("claim: batch", batch);
  checkInteger("claim: number", batch.number, 1, Number.MAX_SAFE_INTEGER);
  checkList("claim: records", batch.records, (_subject, record) => record);
  return batch;
}

/** Whether it is worth trying again: everything but what the same rows, or this publisher, would meet again. */
function mayPass(error: unknown): boolean {
  if (error instanceof ClientError) {
    if (error.retriable) return true;
    if (error.code === "DELIVERY_TIMEOUT" || error.code === "BUFFER_FULL" || error.code === "ABORT_FAILED") return true;
    return error.code === "TRANSACTION_FAILED" && mayPass(error.cause);
  }
  if (error instanceof KafkaError) return error.retriable || error.abortable;
  // Of the store: a database that is away comes back.
  return error instanceof Error;
}
