import { type Domain, type DomainEvent, type DomainService, producersOf } from "@ottla/expert/design";

/** A record is made as large as it is said to be, up to this: many are in memory. */
const VALUE_BYTES_MAX = 4096;
/** Each event has as many at least, however rare it is. */
const EVENT_RECORDS_LEAST = 20;
/** Keys of an event: enough for every partition, few enough that each comes again. */
const KEYS = 50;
/** A record that came of one that came of one …: in a circle it ends here. */
const HOPS_MAX = 3;

/** What one record of the proof says of itself. */
export interface ProofRecord {
  /** Who wrote it and of what: the same when the same work is done again. */
  readonly id: string;
  readonly key: string;
  readonly hops: number;
}

/** How many records those who begin write of an event: the declared rates, scaled so that all together are `total`. */
export function scaledCounts(domain: Domain, total: number): ReadonlyMap<string, number> {
  const begun = domain.events.filter((event) => beginnersOf(domain, event.name).length > 0);
  const rates = begun.reduce((sum, { rate }) => sum + rate, 0);
  return new Map(begun.map(({ name, rate }) => [name, Math.max(EVENT_RECORDS_LEAST, Math.round((rate / rates) * total))]));
}

/** Services that write an event of themselves: those that read nothing. Where everybody reads something, everybody begins. */
export function beginnersOf(domain: Domain, event: string): readonly DomainService[] {
  const isCircle = domain.services.every(({ consumes, produces }) => produces.length === 0 || consumes.length > 0);
  return producersOf(domain, event).filter(({ consumes }) => isCircle || consumes.length === 0);
}

/** The n-th record that a service begins. */
export function begunRecord({ name }: DomainService, event: string, n: number): ProofRecord {
  return { id: `${name}/${event}/${n}`, key: `key-${n % KEYS}`, hops: 0 };
}

/**
 * What a service writes of a record that it has read; undefined when it went round too often. Exactly once is meant of a record in the log, so that `place` is part of the id then; at least once the same
 * work done again is the same record again.
 */
export function derivedRecord({ name, guarantee }: DomainService, event: string, of: ProofRecord, place: string): ProofRecord | undefined {
  const id = `${name}/${event}<${of.id}${guarantee === "exactly-once" ? `@${place}` : ""}`;
  return of.hops >= HOPS_MAX ? undefined : { id, key: of.key, hops: of.hops + 1 };
}

/** The record as bytes, filled up to the size of its event. */
export function valueOf(record: ProofRecord, { size }: DomainEvent): Buffer {
  const text = Buffer.from(JSON.stringify(record));
  const bytes = Math.max(text.length, Math.min(VALUE_BYTES_MAX, Math.round(size)));
  return Buffer.concat([text, Buffer.alloc(bytes - text.length, " ")]);
}

export function recordIn(value: Buffer | null): ProofRecord {
  return JSON.parse((value ?? Buffer.from("null")).toString()) as ProofRecord;
}
