import type { Chance } from "../process/seeded-random.ts";
import type { SerdeName, Statement, StoreSpec } from "./case-statement.ts";
import { pick } from "./generate-inputs.ts";

/** What a statement made, as far as the next one must know it. */
export interface Made {
  readonly id: string;
  readonly kind: "stream" | "table" | "globalTable" | "globalStore";
  /** Of a global store: its name. */
  readonly storeName?: string;
  readonly key: SerdeName;
  readonly value: SerdeName;
  /** Java knows the serdes of this table by itself. */
  readonly knowsSerdes: boolean;
  /** Its windows have a grace that `suppress` can find. */
  readonly isWindowed?: boolean;
  /** Keeps a history; Java lets nothing be suppressed after it. */
  readonly isVersioned?: boolean;
  /** False where Java 4.4 cannot look values up: it takes the store of windowed cogroups for a key-value store. */
  readonly isJoinable?: boolean;
}

/** A kind of operator that a topology can be grown by. */
export interface OperatorMaker {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** A join of streams: its results are as many as its sides' multiplied. */
  readonly pairsStreams?: true;
  fits(from: Made, writer: TopologyWriter): boolean;
  /** Adds its statements; returns what can be gone on from. */
  add(from: Made, writer: TopologyWriter): readonly Made[];
}

/** Beyond so many joins and folds a case takes long and shows little. */
const RESULTS_MAX = 14;
/** Each join of streams pairs all that is near: of n records come n to the power of the sources below it. With a handful of such joins in a row one case takes all memory. */
const POWER_MAX = 4;

/** Writes a topology statement by statement, so that types fit and names are unique. */
export class TopologyWriter {
  readonly statements: Statement[] = [];
  readonly random: Chance;
  readonly results: Made[] = [];
  /** Results that no operator reads yet. */
  readonly #open = new Set<string>();
  readonly #powers = new Map<string, number>();
  #partners: Made[] = [];
  readonly #operators: readonly OperatorMaker[];
  /** How likely an operator is named. */
  readonly #namedShare: number;
  #ids = 0;
  #sources = 0;

  constructor(random: Chance, operators: readonly OperatorMaker[]) {
    this.random = random;
    this.#operators = operators;
    this.#namedShare = pick(random, [0, 0, 0.3, 1]);
  }

  add(statement: Statement): void {
    this.statements.push(statement);
  }

  /** A new id; `hint` makes it readable. */
  id(hint: string): string {
    return `${hint}${++this.#ids}`;
  }

  /** `{ name }`, or nothing: as the topology names its operators. */
  name(hint = "node"): { readonly name?: string } {
    return this.random() < this.#namedShare ? { name: `${hint}-${++this.#ids}` } : {};
  }

  /** `{ store }` for a materialised result, or nothing. */
  store(key: SerdeName | undefined, value: SerdeName, share = 0.4): { readonly store?: StoreSpec } {
    if (this.random() >= share) return {};
    const name = this.random() < 0.7 ? { name: `store-${++this.#ids}` } : {};
    const logging = this.random() < 0.1 ? { logging: false as const } : {};
    return { store: { ...name, ...(key === undefined ? {} : { key }), value, ...logging } };
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(from: readonly T[]): T {
    return pick(this.random, from);
  }

  /** A number of ms from `min` to `max`, both included. */
  millis(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  /** Another result of that kind and those serdes. */
  partner(kind: Made["kind"], fits: (made: Made) => boolean): Made | undefined {
    const found = this.results.filter((made) => made.kind === kind && fits(made));
    return found.length === 0 ? undefined : this.pick(found);
  }

  /** A partner has been read: it needs no sink. */
  markRead(made: Made): void {
    this.#open.delete(made.id);
    this.#partners.push(made);
  }

  /** Whether a join of these streams stays small enough. */
  mayPair(one: Made, other: Made): boolean {
    return this.#powerOf(one) + this.#powerOf(other) <= POWER_MAX;
  }

  #powerOf({ id }: Made): number {
    return this.#powers.get(id) ?? 1;
  }

  addSource(kind: Made["kind"]): void {
    const index = this.#sources++;
    const key: SerdeName = "string";
    const value: SerdeName = this.chance(0.75) ? "string" : "long";
    const id = this.id("s");
    // Java keeps histories in RocksDB only: these cases are slow, so few.
    const isVersioned = kind === "table" && this.chance(0.06);
    if (kind === "stream") {
      const topics = this.chance(0.1) ? [`in${index}`, `in${index}b`] : [`in${index}`];
      // With more topics Java's test driver counts the offsets of all that fit a pattern as one topic's.
      const pattern = topics.length === 1 && this.chance(0.04) ? { pattern: `in${index}b?` } : {};
      this.add({ id, op: "stream", topics, ...pattern, key, value, ...this.name("source") });
    } else if (kind === "globalStore") {
      const storeName = this.id("numbers");
      this.add({ id, op: kind, topic: `in${index}`, key, value, ...this.name("source"), store: { name: storeName } });
      this.#made([{ id, kind, key, value, knowsSerdes: true, storeName }]);
      return;
    } else {
      const drawn = this.store(key, value);
      // Java refuses a global table whose store is described and has no name.
      const plain = kind === "globalTable" && drawn.store?.name === undefined ? {} : drawn;
      const store = isVersioned ? { store: { name: `store-${++this.#ids}`, key, value, historyRetentionMs: this.millis(0, 60) } } : plain;
      this.add({ id, op: kind, topic: `in${index}`, key, value, ...this.name("source"), ...store });
    }
    this.#made([{ id, kind, key, value, knowsSerdes: true, ...(isVersioned ? { isVersioned } : {}) }]);
  }

  /** Draws an operator, and what it goes on from: most often what nothing reads yet. */
  addOperator(): void {
    if (this.results.length >= RESULTS_MAX) return;
    const all = this.results.filter(({ kind }) => kind === "stream" || kind === "table");
    const open = all.filter(({ id }) => this.#open.has(id));
    const from = open.length > 0 && this.chance(0.85) ? this.pick(open) : this.pick(all);
    const fitting = this.#operators.filter((operator) => operator.fits(from, this));
    if (fitting.length === 0) return;
    let draw = this.random() * fitting.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = fitting.find(({ weight }) => (draw -= weight) < 0) ?? fitting[0]!;
    this.markRead(from);
    this.#partners = [];
    const made = drawn.add(from, this);
    const powers = [from, ...this.#partners].map((read) => this.#powerOf(read));
    const power = drawn.pairsStreams === true ? powers.reduce((sum, each) => sum + each) : Math.max(...powers);
    for (const { id } of made) this.#powers.set(id, power);
    this.#made(made);
  }

  /** Every result that nothing reads goes to a topic of its own. */
  addSinks(): void {
    let sinks = 0;
    for (const made of this.results) {
      if (!this.#open.has(made.id) || made.kind.startsWith("global")) continue;
      let { id } = made;
      if (made.kind === "table") {
        id = this.id("ts");
        this.add({ id, op: "toStream", from: made.id, ...this.name("to-stream") });
      }
      this.add({ id: this.id("out"), op: "to", from: id, topic: `out${sinks++}`, key: made.key, value: made.value, ...this.name("sink") });
    }
  }

  #made(results: readonly Made[]): void {
    this.results.push(...results);
    for (const { id } of results) this.#open.add(id);
  }
}
