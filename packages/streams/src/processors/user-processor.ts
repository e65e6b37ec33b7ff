import type {
  FixedKeyProcessor,
  FixedKeyRecord,
  ProcessingContext,
  Processor,
  Punctuation,
  PunctuationType,
  Punctuator,
} from "../processor/processor.ts";
import type { Headers, RecordMetadata, StreamRecord } from "../record.ts";
import { readOnlyStore } from "../stores/read-only-store.ts";
import type { StateStore } from "../stores/store.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";
import { noPromise } from "./no-promise.ts";
import { Operator, type OperatorContext, type OperatorSupplier } from "./operator.ts";

type AnyProcessor = Processor<unknown, unknown, unknown, unknown>;
type AnyFixedKeyProcessor = FixedKeyProcessor<unknown, unknown, unknown>;

/** Runs processors that users wrote. */
export function userProcessor(supplier: () => unknown): OperatorSupplier {
  const make = newProcessors(supplier);
  return () => new UserProcessor(make() as AnyProcessor);
}

/** Runs processors that keep the key. */
export function userFixedKeyProcessor(supplier: () => unknown): OperatorSupplier {
  const make = newProcessors(supplier);
  return () => new UserFixedKeyProcessor(make() as AnyFixedKeyProcessor);
}

/** What users' objects that forward nothing are given. `node` is named in errors. */
export function processingContext(context: OperatorContext, node: string): ProcessingContext {
  const refuse = (): never => {
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${node} cannot forward records: its result is what transform gives.`, {
      place: { node },
    });
  };
  return new UserContext(context, node, refuse, new OpenTurn());
}

/** What the supplier gives, none of it twice: two tasks with one object would forward each other's records. */
function newProcessors(supplier: () => unknown): () => unknown {
  const given = new WeakSet<object>();
  return () => {
    const made = supplier() as AnyProcessor | null | undefined;
    if (typeof made?.process !== "function" || given.has(made)) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        "A processor's supplier has to give an object with a function process, a new one at each call.",
      );
    }
    given.add(made);
    return made;
  };
}

/** Whether a user's function is being called: only then may it forward, since nobody waits for what it does later. */
class OpenTurn {
  #isOpen = false;

  take<T>(call: () => T): T {
    const wasOpen = this.begin();
    try {
      return call();
    } finally {
      this.end(wasOpen);
    }
  }

  begin(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = true;
    return wasOpen;
  }

  end(wasOpen: boolean): void {
    this.#isOpen = wasOpen;
  }

  check(node: string): void {
    if (this.#isOpen) return;
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${node} forwarded outside of its calls, from a timer or behind an await: that is no part of what its task does, nor of a commit. Forward within process, init, close or a punctuator, and call what takes time in mapAsync or enrichAsync.`,
      { place: { node } },
    );
  }
}

class UserProcessor extends Operator {
  readonly #turn = new OpenTurn();
  readonly #processor: AnyProcessor;

  constructor(processor: AnyProcessor) {
    super();
    this.#processor = processor;
  }

  override init(context: OperatorContext): void {
    const given = new UserContext(context, this.name, (record, child) => this.#give(record, child), this.#turn);
    this.#turn.take(() => noPromise(this.#processor.init?.(given)));
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const wasOpen = this.#turn.begin();
    try {
      noPromise(this.#processor.process({ key, value, timestamp, headers }));
    } finally {
      this.#turn.end(wasOpen);
    }
  }

  override close(): void {
    this.#turn.take(() => noPromise(this.#processor.close?.()));
  }

  #give(record: StreamRecord<unknown, unknown>, child: string | undefined): void {
    this.#turn.check(this.name);
    give(this, record, child, (to, key, value, timestamp, headers) => {
      if (to === undefined) this.forward(key, value, timestamp, headers);
      else this.forwardTo(to, key, value, timestamp, headers);
    });
  }
}

class UserFixedKeyProcessor extends Operator {
  readonly #turn = new OpenTurn();
  readonly #processor: AnyFixedKeyProcessor;

  constructor(processor: AnyFixedKeyProcessor) {
    super();
    this.#processor = processor;
  }

  override init(context: OperatorContext): void {
    const given = new UserContext(context, this.name, (record, child) => this.#give(record, child), this.#turn);
    this.#turn.take(() => noPromise(this.#processor.init?.(given)));
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const wasOpen = this.#turn.begin();
    try {
      noPromise(this.#processor.process(new KeptKeyRecord(key, value, timestamp, headers)));
    } finally {
      this.#turn.end(wasOpen);
    }
  }

  override close(): void {
    this.#turn.take(() => noPromise(this.#processor.close?.()));
  }

  #give(record: StreamRecord<unknown, unknown>, child: string | undefined): void {
    this.#turn.check(this.name);
    if (!(record instanceof KeptKeyRecord)) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${this.name} keeps the key: forward what a record's withValue, withTimestamp or withHeaders gives.`,
      );
    }
    give(this, record, child, (to, key, value, timestamp, headers) => {
      if (to === undefined) this.forward(key, value, timestamp, headers);
      else this.forwardTo(to, key, value, timestamp, headers);
    });
  }
}

class KeptKeyRecord implements FixedKeyRecord<unknown, unknown> {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: Headers;

  constructor(key: unknown, value: unknown, timestamp: number, headers: Headers) {
    this.key = key;
    this.value = value;
    this.timestamp = timestamp;
    this.headers = headers;
  }

  withValue<V>(value: V): FixedKeyRecord<unknown, V> {
    return new KeptKeyRecord(this.key, value, this.timestamp, this.headers) as FixedKeyRecord<unknown, V>;
  }

  withTimestamp(timestamp: number): FixedKeyRecord<unknown, unknown> {
    return new KeptKeyRecord(this.key, this.value, timestamp, this.headers);
  }

  withHeaders(headers: Headers): FixedKeyRecord<unknown, unknown> {
    return new KeptKeyRecord(this.key, this.value, this.timestamp, headers);
  }
}

type Forward = (to: Operator | undefined, key: unknown, value: unknown, timestamp: number, headers: Headers) => void;

function give(from: Operator, record: StreamRecord<unknown, unknown>, child: string | undefined, forward: Forward): void {
  if (typeof record !== "object" || record === null || !areHeaders(record.headers)) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${from.name} has to forward records, with key, value, timestamp and a list of headers, each with a text as key and bytes or null as value.`,
      {
        place: { node: from.name },
      },
    );
  }
  if (!Number.isSafeInteger(record.timestamp) || record.timestamp < 0) {
    throw new StreamsError(
      "STREAMS_NEGATIVE_TIMESTAMP",
      `${from.name} forwarded a record with timestamp ${record.timestamp}: it has to be a whole number from 0 to 2^53 - 1.`,
      {
        place: { node: from.name, key: record.key },
      },
    );
  }
  const to = child === undefined ? undefined : from.children.find(({ name }) => name === child);
  if (child !== undefined && to === undefined) {
    const known = from.children.map(({ name }) => name).join(", ") || "none";
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${from.name} has no child ${child} to forward to: its children are ${known}.`, {
      place: { node: from.name },
    });
  }
  forward(to, record.key ?? null, record.value ?? null, record.timestamp, record.headers);
}

function areHeaders(headers: unknown): boolean {
  if (!Array.isArray(headers)) return false;
  for (let at = 0; at < headers.length; at++) {
    const header = headers[at] as { readonly key?: unknown; readonly value?: unknown } | null;
    if (typeof header?.key !== "string" || !(header.value === null || header.value instanceof Uint8Array)) return false;
  }
  return true;
}

class UserContext implements ProcessingContext {
  readonly forward: (record: StreamRecord<unknown, unknown>, child?: string) => void;
  readonly #context: OperatorContext;
  readonly #node: string;
  readonly #turn: OpenTurn;

  constructor(
    context: OperatorContext,
    node: string,
    forward: (record: StreamRecord<unknown, unknown>, child?: string) => void,
    turn: OpenTurn,
  ) {
    this.#context = context;
    this.#node = node;
    this.forward = forward;
    this.#turn = turn;
  }

  get applicationId(): string {
    return this.#context.applicationId;
  }

  get taskId(): string {
    return this.#context.taskId;
  }

  get recordMetadata(): RecordMetadata | undefined {
    const { topic, partition, offset } = this.#context.record;
    return offset < 0 ? undefined : { topic, partition, offset };
  }

  currentStreamTimeMs(): number {
    return this.#context.streamTimeMs();
  }

  currentSystemTimeMs(): number {
    return this.#context.systemTimeMs();
  }

  stateStore<S extends StateStore>(of: string | StoreBuilder<S>): S {
    const name = typeof of === "string" ? of : of.name;
    const store = this.#context.store<S>(name);
    return this.#context.isGlobal(name) ? readOnlyStore(store) : store;
  }

  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator, startMs?: number): Punctuation {
    if (!Number.isSafeInteger(intervalMs) || intervalMs < 1) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${this.#node} asks for a punctuation every ${intervalMs} ms: the interval is a whole number of at least 1.`,
      );
    }
    if (type !== "streamTime" && type !== "wallClockTime") {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${this.#node} asks for a punctuation by ${String(type)}: the clocks are streamTime and wallClockTime.`,
      );
    }
    if (startMs !== undefined && !(Number.isSafeInteger(startMs) && startMs >= 0)) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${this.#node} asks for punctuations from ${startMs} on: the start is a whole number of milliseconds since 1970.`,
      );
    }
    return this.#context.schedule(intervalMs, type, (timestampMs) => this.#turn.take(() => punctuator(timestampMs)), startMs);
  }

  commit(): void {
    this.#context.commit();
  }
}
