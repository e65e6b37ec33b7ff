import type { Headers } from "../../record.ts";
import { StreamsError } from "../../streams-error.ts";
import { Change } from "../change.ts";
import { Operator, type OperatorContext } from "../operator.ts";

type Selector = (value: unknown, key: unknown) => readonly [unknown, unknown];
type SameKey = (a: unknown, b: unknown) => boolean;

/** How a table is grouped anew, before any task runs it. */
export class TableRegroup {
  readonly #selector: Selector;
  readonly #sameKey: SameKey;
  #isVersioned = false;

  constructor(selector: Selector, sameKey: SameKey) {
    this.#selector = selector;
    this.#sameKey = sameKey;
  }

  /** Its parent is versioned: changes of the past leave the groups alone. */
  useVersionedSemantics(): void {
    this.#isVersioned = true;
  }

  create(): Operator {
    return new TableRegroupOperator(this.#selector, this.#sameKey, this.#isVersioned);
  }
}

/**
 * Sends a change of a table to the groups it belongs to: away from the old one, into the new one; as one record when both are the same (KIP-904). Nulls for key or value belong to no
 * group.
 */
class TableRegroupOperator extends Operator {
  readonly #selector: Selector;
  readonly #sameKey: SameKey;
  readonly #isVersioned: boolean;
  readonly #change = new Change<unknown>(null, null);
  #context!: OperatorContext;

  constructor(selector: Selector, sameKey: SameKey, isVersioned: boolean) {
    super();
    this.#selector = selector;
    this.#sameKey = sameKey;
    this.#isVersioned = isVersioned;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { newValue, oldValue, isLatest } = value as Change;
    if (key === null) {
      throw new StreamsError("STREAMS_NULL_KEY", `A table that is grouped has no null keys, and ${this.name} was given one.`, {
        place: {
          node: this.name,
          topic: this.#context.record.topic,
          partition: this.#context.record.partition,
          offset: this.#context.record.offset,
        },
      });
    }
    if (this.#isVersioned && !isLatest) return;
    const added = this.#pairOf(newValue, key);
    const removed = this.#pairOf(oldValue, key);
    if (added !== null && removed !== null && this.#sameKey(removed[0], added[0])) {
      this.#give(removed[0], added[1], removed[1], isLatest, timestamp, headers);
      return;
    }
    if (removed !== null) this.#give(removed[0], null, removed[1], isLatest, timestamp, headers);
    if (added !== null) this.#give(added[0], added[1], null, isLatest, timestamp, headers);
  }

  #pairOf(value: unknown, key: unknown): readonly [unknown, unknown] | null {
    if (value === null) return null;
    const pair = this.#selector(value, key);
    return pair === null || pair === undefined || (pair[0] ?? null) === null || (pair[1] ?? null) === null ? null : pair;
  }

  #give(key: unknown, newValue: unknown, oldValue: unknown, isLatest: boolean, timestamp: number, headers: Headers): void {
    const change = this.#change;
    change.newValue = newValue;
    change.oldValue = oldValue;
    change.isLatest = isLatest;
    this.forward(key, change, timestamp, headers);
  }
}
