import { type Client, ClientError, type Consumer, type ConsumerBatch, type Producer } from "@ottla/client";
import type { Domain, DomainEvent, DomainService } from "@ottla/expert/design";
import type { Ledger } from "./ledger.ts";
import { beginnersOf, begunRecord, derivedRecord, type ProofRecord, recordIn, valueOf } from "./load.ts";
import type { ServiceLogins } from "./service-login.ts";

const POLL_MS = 200;
const AT_A_TIME = 500;
/** Instances that run of a service: enough to share and to take over. */
const INSTANCES_MAX = 2;

/** What the services of a proof work with. */
export interface ProofWorld {
  readonly domain: Domain;
  readonly logins: ServiceLogins;
  readonly ledger: Ledger;
  /** How many records each event is begun with. */
  readonly counts: ReadonlyMap<string, number>;
  /** Aborted when all is done, or when the time is over. */
  readonly done: AbortSignal;
}

/** Writes what a service begins. Each record is in the ledger once it is acknowledged. */
export async function beginEvents(service: DomainService, world: ProofWorld): Promise<void> {
  const { domain, ledger, counts, logins } = world;
  const events = domain.events.filter(({ name }) => beginnersOf(domain, name).includes(service));
  if (events.length === 0) return;
  ledger.begin();
  const client = logins.client(service);
  try {
    const producer = client.producer(logins.producerOptions(service, "begin"));
    const isTransactional = service.guarantee === "exactly-once";
    for (const event of events) {
      const share = Math.ceil((counts.get(event.name) ?? 0) / beginnersOf(domain, event.name).length);
      const records = Array.from({ length: share }, (_, n) => begunRecord(service, event.name, n));
      const wrote = (id: string): void => ledger.wrote(event.name, id);
      if (!isTransactional) await sendAll(producer, event, records, wrote, world.done);
      else {
        await producer.transaction(() => sendAll(producer, event, records, () => {}, world.done));
        if (!world.done.aborted) for (const { id } of records) wrote(id);
      }
    }
  } finally {
    ledger.end();
    await client.close(world.done.aborted ? { timeoutMs: 0 } : {});
  }
}

/** Some at a time: all of them at once would be in memory. */
async function sendAll(
  producer: Producer,
  event: DomainEvent,
  records: readonly ProofRecord[],
  wrote: (id: string) => void,
  done: AbortSignal,
): Promise<void> {
  for (let from = 0; from < records.length && !done.aborted; from += AT_A_TIME)
    await Promise.all(
      records.slice(from, from + AT_A_TIME).map(async (record) => {
        await producer.send({ topic: event.name, key: event.key === undefined ? null : record.key, value: valueOf(record, event) });
        wrote(record.id);
      }),
    );
}

/** Runs the instances of a service that reads, until the proof is done. The first one is alone until it breaks down, once and in the middle of its work: so there is some that was begun and not told. */
export async function runReaders(service: DomainService, world: ProofWorld): Promise<void> {
  await new Reader(service, "0", world).run(true);
  const instances = Math.min(INSTANCES_MAX, service.instances);
  await Promise.all(Array.from({ length: instances }, (_, i) => new Reader(service, String(i), world).run(false)));
}

/** One instance of a service that reads. */
class Reader {
  readonly #service: DomainService;
  readonly #world: ProofWorld;
  readonly #client: Client;
  readonly #consumer: Consumer;
  readonly #producer: Producer | undefined;

  constructor(service: DomainService, instance: string, world: ProofWorld) {
    this.#service = service;
    this.#world = world;
    this.#client = world.logins.client(service);
    this.#consumer = this.#client.consumer(world.logins.consumerOptions(service, instance));
    this.#producer = service.produces.length > 0 ? this.#client.producer(world.logins.producerOptions(service, instance)) : undefined;
  }

  get #isTransactional(): boolean {
    return this.#service.guarantee === "exactly-once" && this.#producer !== undefined;
  }

  /** With `isFrail` it ends after the first records that it has worked on, before it has said so. */
  async run(isFrail: boolean): Promise<void> {
    const { done } = this.#world;
    try {
      this.#consumer.subscribe(this.#service.consumes);
      while (!done.aborted) {
        const batches = await this.#consumer.poll(POLL_MS, { signal: done });
        if (batches.length === 0) continue;
        this.#world.ledger.begin();
        try {
          await (this.#isTransactional ? this.#workInTransaction(batches, isFrail) : this.#work(batches, isFrail));
        } finally {
          this.#world.ledger.end();
        }
        if (isFrail) return;
      }
    } catch (error) {
      if (!(done.aborted && error instanceof ClientError)) throw error;
    } finally {
      await this.#client.close();
    }
  }

  async #work(batches: readonly ConsumerBatch[], isFrail: boolean): Promise<void> {
    const { ledger } = this.#world;
    for (const { event, record, place } of recordsOf(batches)) {
      for (const derived of this.#derived(record, place)) {
        await this.#producer!.send(derived.record);
        ledger.wrote(derived.event, derived.id);
      }
      ledger.saw(this.#service.name, event, { id: record.id, place });
    }
    if (!isFrail) await this.#consumer.commit();
  }

  async #workInTransaction(batches: readonly ConsumerBatch[], isFrail: boolean): Promise<void> {
    const { ledger } = this.#world;
    const producer = this.#producer!;
    const read = [...recordsOf(batches)];
    const written: { readonly event: string; readonly id: string }[] = [];
    await producer.begin();
    await Promise.all(
      read
        .flatMap(({ record, place }) => [...this.#derived(record, place)])
        .map(async (derived) => {
          await producer.send(derived.record);
          written.push(derived);
        }),
    );
    await producer.sendOffsets(batches, this.#consumer.groupMetadata());
    if (isFrail) {
      await producer.abort();
      return;
    }
    await producer.commit();
    for (const { event, id } of written) ledger.wrote(event, id);
    for (const { event, record, place } of read) ledger.saw(this.#service.name, event, { id: record.id, place });
  }

  *#derived(of: ProofRecord, place: string) {
    for (const event of this.#world.domain.events) {
      if (!this.#service.produces.includes(event.name)) continue;
      const record = derivedRecord(this.#service, event.name, of, place);
      if (record)
        yield {
          event: event.name,
          id: record.id,
          record: { topic: event.name, key: event.key === undefined ? null : record.key, value: valueOf(record, event) },
        };
    }
  }
}

function* recordsOf(batches: readonly ConsumerBatch[]) {
  for (const batch of batches)
    for (const { value, partition, offset } of batch)
      yield { event: batch.topic, record: recordIn(value), place: `${partition}-${offset}` };
}
