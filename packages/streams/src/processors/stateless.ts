import type { Headers } from "../record.ts";
import { told } from "../known-options.ts";
import { StreamsError } from "../streams-error.ts";
import { FEW, fanOutResults } from "./many-results.ts";
import { accepted, noPromise } from "./no-promise.ts";
import { Operator, type OperatorContext, type OperatorSupplier } from "./operator.ts";

/** Functions of users are called with the value first: most need no more. */
export type KeyValueFunction<R> = (value: never, key: never) => R;

type Called<R> = (value: unknown, key: unknown) => R;

class Filter extends Operator {
  readonly #accepts: Called<boolean>;
  readonly #wanted: boolean;

  constructor(accepts: Called<boolean>, wanted: boolean) {
    super();
    this.#accepts = accepts;
    this.#wanted = wanted;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (accepted(this.#accepts(value, key)) === this.#wanted) this.forward(key, value, timestamp, headers);
  }
}

class MapKeyValue extends Operator {
  readonly #mapper: Called<readonly [unknown, unknown]>;

  constructor(mapper: Called<readonly [unknown, unknown]>) {
    super();
    this.#mapper = mapper;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const pair = checkPair(this.#mapper(value, key));
    this.forward(pair[0] ?? null, pair[1] ?? null, timestamp, headers);
  }
}

class SelectKey extends Operator {
  readonly #mapper: Called<unknown>;

  constructor(mapper: Called<unknown>) {
    super();
    this.#mapper = mapper;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(noPromise(this.#mapper(value, key)) ?? null, value, timestamp, headers);
  }
}

class MapValues extends Operator {
  readonly #mapper: Called<unknown>;

  constructor(mapper: Called<unknown>) {
    super();
    this.#mapper = mapper;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, noPromise(this.#mapper(value, key)) ?? null, timestamp, headers);
  }
}

/** One record becomes as many as its function gives: an array or anything that can be gone through, which may be endless. */
abstract class FlatOperator extends Operator {
  #context!: OperatorContext;

  override init(context: OperatorContext): void {
    this.#context = context;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const made = this.made(value, key);
    if (Array.isArray(made) && made.length <= FEW) {
      for (let i = 0; i < made.length; i++) this.give(key, made[i], timestamp, headers);
      return;
    }
    // Between slices the function is called for other tasks, and may fill the same array again.
    const all = Array.isArray(made) ? made.slice() : checkIterable(made);
    fanOutResults(this.#context, {
      operator: this,
      key,
      value,
      begin: (isAgain) => this.#giveAll(isAgain ? checkIterable(this.made(value, key)) : all, key, timestamp, headers),
    });
  }

  protected abstract made(value: unknown, key: unknown): Iterable<unknown>;
  protected abstract give(key: unknown, each: unknown, timestamp: number, headers: Headers): void;

  *#giveAll(made: Iterable<unknown>, key: unknown, timestamp: number, headers: Headers): Generator<undefined, void> {
    for (const each of made) {
      this.give(key, each, timestamp, headers);
      yield;
    }
  }
}

function checkIterable(made: Iterable<unknown>): Iterable<unknown> {
  if (typeof (made as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === "function") return made;
  throw new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    `its function gave ${told(made)}, and has to give a list or anything else that can be gone through.`,
  );
}

class FlatMap extends FlatOperator {
  readonly #mapper: Called<Iterable<readonly [unknown, unknown]>>;

  constructor(mapper: Called<Iterable<readonly [unknown, unknown]>>) {
    super();
    this.#mapper = mapper;
  }

  protected made(value: unknown, key: unknown): Iterable<unknown> {
    return noPromise(this.#mapper(value, key));
  }

  protected give(_key: unknown, each: unknown, timestamp: number, headers: Headers): void {
    const pair = checkPair(each as readonly [unknown, unknown]);
    this.forward(pair[0] ?? null, pair[1] ?? null, timestamp, headers);
  }
}

class FlatMapValues extends FlatOperator {
  readonly #mapper: Called<Iterable<unknown> | null | undefined>;

  constructor(mapper: Called<Iterable<unknown> | null | undefined>) {
    super();
    this.#mapper = mapper;
  }

  protected made(value: unknown, key: unknown): Iterable<unknown> {
    return noPromise(this.#mapper(value, key)) ?? [];
  }

  protected give(key: unknown, each: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, noPromise(each) ?? null, timestamp, headers);
  }
}

class Peek extends Operator {
  readonly #action: Called<void>;
  readonly #passesOn: boolean;

  constructor(action: Called<void>, passesOn: boolean) {
    super();
    this.#action = action;
    this.#passesOn = passesOn;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    noPromise(this.#action(value, key));
    if (this.#passesOn) this.forward(key, value, timestamp, headers);
  }
}

class PassThrough extends Operator {
  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, value, timestamp, headers);
  }
}

class DropNullKey extends Operator {
  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key !== null) this.forward(key, value, timestamp, headers);
  }
}

/** Gives each record to the child of the first predicate that accepts it; with one child more than predicates, all others go there. */
class Branch extends Operator {
  readonly #predicates: readonly Called<boolean>[];
  readonly #childNames: readonly string[];
  #branches: readonly Operator[] = [];

  constructor(predicates: readonly Called<boolean>[], childNames: readonly string[]) {
    super();
    this.#predicates = predicates;
    this.#childNames = childNames;
  }

  override init(): void {
    this.#branches = this.#childNames.flatMap((name) => this.children.filter((child) => child.name === name));
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const predicates = this.#predicates;
    for (let i = 0; i < predicates.length; i++) {
      if (accepted((predicates[i] as Called<boolean>)(value, key))) {
        this.forwardTo(this.#branches[i] as Operator, key, value, timestamp, headers);
        return;
      }
    }
    const rest = this.#branches[predicates.length];
    if (rest !== undefined) this.forwardTo(rest, key, value, timestamp, headers);
  }
}

/** Refuses what is no pair: its key and value would be lost without a word. */
function checkPair(pair: readonly [unknown, unknown]): readonly [unknown, unknown] {
  if (Array.isArray(pair) && pair.length === 2) return pair;
  noPromise(pair);
  throw new StreamsError("STREAMS_BAD_ARGUMENT", "its function has to give a key and a value, as [key, value].");
}

/** The stateless operators. */
export const stateless = {
  filter:
    (accepts: KeyValueFunction<boolean>, wanted: boolean): OperatorSupplier =>
    () =>
      new Filter(accepts as Called<boolean>, wanted),
  map:
    (mapper: KeyValueFunction<readonly [unknown, unknown]>): OperatorSupplier =>
    () =>
      new MapKeyValue(mapper as Called<readonly [unknown, unknown]>),
  selectKey:
    (mapper: KeyValueFunction<unknown>): OperatorSupplier =>
    () =>
      new SelectKey(mapper as Called<unknown>),
  mapValues:
    (mapper: KeyValueFunction<unknown>): OperatorSupplier =>
    () =>
      new MapValues(mapper as Called<unknown>),
  flatMap:
    (mapper: KeyValueFunction<Iterable<readonly [unknown, unknown]>>): OperatorSupplier =>
    () =>
      new FlatMap(mapper as Called<Iterable<readonly [unknown, unknown]>>),
  flatMapValues:
    (mapper: KeyValueFunction<Iterable<unknown> | null | undefined>): OperatorSupplier =>
    () =>
      new FlatMapValues(mapper as Called<Iterable<unknown>>),
  peek:
    (action: KeyValueFunction<void>): OperatorSupplier =>
    () =>
      new Peek(action as Called<void>, true),
  forEach:
    (action: KeyValueFunction<void>): OperatorSupplier =>
    () =>
      new Peek(action as Called<void>, false),
  passThrough: (): Operator => new PassThrough(),
  dropNullKey: (): Operator => new DropNullKey(),
  branch:
    (predicates: readonly KeyValueFunction<boolean>[], childNames: readonly string[]): OperatorSupplier =>
    () =>
      new Branch(predicates as readonly Called<boolean>[], childNames),
};
