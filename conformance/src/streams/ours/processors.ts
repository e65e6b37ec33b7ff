import type {
  FixedKeyProcessor,
  FixedKeyProcessorContext,
  FixedKeyRecord,
  KeyValueStore,
  ProcessingContext,
  Processor,
  ProcessorContext,
  PunctuationType,
  StreamRecord,
} from "@ottla/streams";
import type { ProcessorStatement } from "../case-statement.ts";
import { type Datum, numberOf, text } from "./functions.ts";

type ProcessorName = ProcessorStatement["processor"];
type Counts = KeyValueStore<string, number>;

const PUNCTUATION_INTERVAL_MS = 10;

/** The shared processors of the README, as `conformance/java/streams/CaseProcessors.java` has them. */
export class CaseProcessor implements Processor<Datum, Datum, Datum, Datum> {
  readonly #name: ProcessorName;
  readonly #storeName: string | undefined;
  readonly #startMs: number | undefined;
  #context!: ProcessorContext<Datum, Datum>;
  #counts: Counts | undefined;

  constructor(name: ProcessorName, storeName: string | undefined, startMs: number | undefined) {
    this.#name = name;
    this.#storeName = storeName;
    this.#startMs = startMs;
  }

  init(context: ProcessorContext<Datum, Datum>): void {
    this.#context = context;
    this.#counts = countsOf(context, this.#storeName);
    if (this.#name === "flushOnStreamTime") this.#schedule("streamTime");
    if (this.#name === "flushOnWallClock") this.#schedule("wallClockTime");
  }

  process(record: StreamRecord<Datum, Datum>): void {
    const value = valueOn(this.#name, this.#counts, record);
    if (this.#name.startsWith("flush")) return;
    this.#context.forward({ key: record.key, value, timestamp: record.timestamp, headers: headersOn(this.#name, record) });
  }

  #schedule(clock: PunctuationType): void {
    this.#context.schedule(PUNCTUATION_INTERVAL_MS, clock, (now) => this.#flush(now), this.#startMs);
  }

  #flush(timestamp: number): void {
    for (const [key, count] of this.#counts!.all()) this.#context.forward({ key, value: `flushed ${count}`, timestamp, headers: [] });
  }
}

/** As {@link CaseProcessor}; the key stays. */
export class CaseFixedKeyProcessor implements FixedKeyProcessor<Datum, Datum, Datum> {
  readonly #name: ProcessorName;
  readonly #storeName: string | undefined;
  #context!: FixedKeyProcessorContext<Datum, Datum>;
  #counts: Counts | undefined;

  constructor(name: ProcessorName, storeName: string | undefined) {
    this.#name = name;
    this.#storeName = storeName;
  }

  init(context: FixedKeyProcessorContext<Datum, Datum>): void {
    this.#context = context;
    this.#counts = countsOf(context, this.#storeName);
  }

  process(record: FixedKeyRecord<Datum, Datum>): void {
    const value = valueOn(this.#name, this.#counts, record);
    if (this.#name.startsWith("flush")) return;
    this.#context.forward(record.withValue(value).withHeaders(headersOn(this.#name, record)));
  }
}

/** What a global store of a case is filled by: the value's number under the key's text. */
export class NumberKeeper implements Processor<Datum, Datum, never, never> {
  readonly #storeName: string;
  #numbers!: Counts;

  constructor(storeName: string) {
    this.#storeName = storeName;
  }

  init(context: ProcessorContext<never, never>): void {
    this.#numbers = context.stateStore(this.#storeName);
  }

  process({ key, value }: StreamRecord<Datum, Datum>): void {
    this.#numbers.put(text(key), value === null ? null : numberOf(value));
  }
}

const countsOf = (context: ProcessingContext, name: string | undefined): Counts | undefined =>
  name === undefined ? undefined : context.stateStore<Counts>(name);

function valueOn(name: ProcessorName, counts: Counts | undefined, { key, value }: StreamRecord<Datum, Datum>): Datum {
  if (counts === undefined) return value;
  if (name === "readGlobal") return `${text(value)}#${text(counts.get(text(key)))}`;
  if (name === "changeInStore") return `${text(value)}#${text(changed(counts, text(key), value))}`;
  const count = numberOf(counts.get(text(key))) + 1;
  counts.put(text(key), count);
  return name === "countInStore" ? `${text(value)}#${count}` : value;
}

/** What the store had of the key, as the call that the value's first character stands for gives it. */
function changed(counts: Counts, key: string, value: Datum): number | null | undefined {
  const number = numberOf(value);
  switch (text(value).slice(0, 1)) {
    case "a":
      return counts.putIfAbsent(key, number);
    case "b":
      return counts.delete(key);
    case "c":
      return counts.get(key);
    default:
      counts.put(key, number);
      return null;
  }
}

function headersOn(name: ProcessorName, { headers, value }: StreamRecord<Datum, Datum>): StreamRecord<Datum, Datum>["headers"] {
  if (name !== "addHeader") return headers;
  return [...headers, { key: "value", value: value === null ? null : Buffer.from(text(value)) }];
}
