import { attributes, baseOffset, batchViews, isControl, producerId } from "@ottla/protocol/records";
import { idKindOf, isNoId } from "./id-fields.ts";
import type { IdKind, IdMap } from "./id-map.ts";

/** One field in which two answers differ. */
export interface FieldDifference {
  /** The field's path without indices: `topics.partitions.errorCode`. */
  readonly path: string;
  readonly kafka: unknown;
  readonly ours: unknown;
  /** The struct that has the field, as Kafka answered it. */
  readonly owner: Readonly<Record<string, unknown>>;
}

/** What a comparison needs besides the answers. */
export interface CompareRules {
  readonly api: string;
  readonly ids: IdMap;
  /** The prefix of this script's names: what others left on the clusters is not looked at. */
  readonly prefix: string;
  /** The clock's time, to know a time that a broker put in from one that the script made up. */
  readonly nowMs: number;
}

/** Lists whose order is a hash table's with Kafka, and the fields that tell their elements apart. */
const SORTED_BY = [
  "name",
  "topic",
  "topicName",
  "groupId",
  "transactionalId",
  "resourceName",
  "resourceType",
  "partitionIndex",
  "partition",
  "producerId",
  "apiKey",
  "key",
];
/** Lists of numbers whose order means nothing; what else is called so has elements with fields. */
const PLAIN_NUMBERS: ReadonlySet<string> = new Set(["partitions"]);
const RECENT_MS = 600_000;
/** Answers that tell of everything there is, whoever made it. */
const OF_EVERYTHING: ReadonlySet<string> = new Set(["ListGroups", "ListTransactions", "ListConfigResources", "Metadata"]);
/** Elements that only such an id tells apart. */
const PAIRED_BY: readonly (readonly [field: string, kind: IdKind])[] = [
  ["memberId", "member"],
  ["topicId", "topic"],
  ["producerId", "producer"],
];

/** All differences between two answers but ids, times, texts of messages, and the order of what Kafka keeps in hash tables. */
export function compareAnswers(kafka: unknown, ours: unknown, rules: CompareRules): FieldDifference[] {
  const found: FieldDifference[] = [];
  new Comparison(rules, found).compare("", "", kafka, ours);
  return found;
}

class Comparison {
  readonly #rules: CompareRules;
  readonly #found: FieldDifference[];
  #owner: Struct = {};

  constructor(rules: CompareRules, found: FieldDifference[]) {
    this.#rules = rules;
    this.#found = found;
  }

  compare(path: string, field: string, kafka: unknown, ours: unknown): void {
    if (Array.isArray(kafka) && Array.isArray(ours)) this.#lists(path, field, kafka, ours);
    else if (Buffer.isBuffer(kafka) && Buffer.isBuffer(ours)) this.#bytes(path, field, kafka, ours);
    else if (isStruct(kafka) && isStruct(ours)) this.#structs(path, kafka, ours);
    else if (!this.#areAlike(field, kafka, ours)) this.#add({ path, kafka, ours });
  }

  #add(difference: Omit<FieldDifference, "owner">): void {
    this.#found.push({ ...difference, owner: this.#owner });
  }

  #structs(path: string, left: Struct, right: Struct): void {
    const [kafka, ours] = isFetchAnswer(left) && isFetchAnswer(right) ? [byTopic(left), byTopic(right)] : [left, right];
    const isRefusal = Object.entries(kafka).some(([name, value]) => /errorCode$/i.test(name) && value !== 0);
    for (const name of Object.keys(kafka)) {
      if (isRefusal && /message$/i.test(name)) continue;
      this.#owner = kafka;
      this.compare(path === "" ? name : `${path}.${name}`, name, kafka[name], ours[name]);
    }
  }

  #lists(path: string, field: string, kafka: readonly unknown[], ours: readonly unknown[]): void {
    const [a, b] = [this.#sorted(field, kafka), this.#sorted(field, ours)];
    if (a.length !== b.length) {
      this.#add({ path: `${path}.length`, kafka: `${a.length}: ${brief(a)}`, ours: `${b.length}: ${brief(b)}` });
      return;
    }
    const paired = PAIRED_BY.find(([name]) => a.length > 1 && isStruct(a[0]) && name in a[0] && !isAllAlike(a, name));
    if (paired !== undefined) this.#pairUp(path, field, paired, a as Struct[], b as Struct[]);
    else a.forEach((each, index) => this.compare(path, field, each, b[index]));
  }

  #sorted(field: string, list: readonly unknown[]): unknown[] {
    const own = list.filter((each) => !this.#isForeign(each));
    const first = own[0];
    if (typeof first === "string" && own.every((each) => typeof each === "string")) return own.sort();
    if (typeof first === "number" && PLAIN_NUMBERS.has(field)) return own.sort((a, b) => Number(a) - Number(b));
    if (!isStruct(first)) return own;
    const keys = SORTED_BY.filter((key) => key in first && !isAllAlike(own, key) && idKindOf(key) === undefined);
    if (keys.length === 0) return own;
    return own.sort((a, b) => compareKeys(keys, a as Struct, b as Struct));
  }

  /** Kafka keeps members and the like in hash tables: each is compared with the one that has its id, or else with the next. */
  #pairUp(path: string, field: string, [name, kind]: readonly [string, IdKind], kafka: readonly Struct[], ours: readonly Struct[]): void {
    const left = [...ours];
    for (const each of kafka) {
      const known = this.#rules.ids.ours(kind, each[name]);
      const at = left.findIndex((other) => other[name] === known);
      this.compare(path, field, each, left.splice(Math.max(0, at), 1)[0]);
    }
  }

  #isForeign(value: unknown): boolean {
    if (!OF_EVERYTHING.has(this.#rules.api) || !isStruct(value)) return false;
    const name = value["name"] ?? value["groupId"] ?? value["transactionalId"] ?? value["resourceName"];
    return typeof name === "string" && !name.startsWith(this.#rules.prefix) && !name.startsWith("__");
  }

  #areAlike(field: string, kafka: unknown, ours: unknown): boolean {
    const kind = idKindOf(field);
    if (kind !== undefined && !isNoId(kafka) && !isNoId(ours)) return this.#rules.ids.pair(kind, kafka, ours);
    if (kind === "node") return (kafka === -1) === (ours === -1) && this.#rules.ids.pair(kind, kafka, ours);
    if (kind === "producer" && typeof kafka === "number" && typeof ours === "number") {
      return kafka >= 0 === ours >= 0 && (kafka < 0 ? kafka === ours : this.#rules.ids.pair(kind, kafka, ours));
    }
    if (typeof kafka === "number" && typeof ours === "number" && this.#isNow(kafka) && this.#isNow(ours)) return true;
    if (/message$|documentation/i.test(field) && typeof kafka === "string" && typeof ours === "string") return true;
    return Object.is(kafka, ours);
  }

  #isNow(value: number): boolean {
    return Math.abs(value - this.#rules.nowMs) < RECENT_MS;
  }

  #bytes(path: string, field: string, kafka: Buffer, ours: Buffer): void {
    if (field !== "records") {
      if (!kafka.equals(ours)) this.#add({ path, kafka: kafka.toString("hex"), ours: ours.toString("hex") });
      return;
    }
    const [a, b] = [[...batchViews(kafka)], [...batchViews(ours)]];
    const [wholeBytes, ownWholeBytes] = [byteLengthOf(a), byteLengthOf(b)];
    const [cutBytes, ownCutBytes] = [kafka.length - wholeBytes, ours.length - ownWholeBytes];
    if (cutBytes !== ownCutBytes) this.#add({ path: `${path}.cut`, kafka: cutBytes, ours: ownCutBytes });
    if (wholeBytes !== ownWholeBytes) {
      this.#add({ path: `${path}.bytes`, kafka: describeBatches(kafka), ours: describeBatches(ours) });
      return;
    }
    a.forEach((batch, index) => this.#batches(`${path}.batch`, batch, b[index]));
  }

  #batches(path: string, kafka: Buffer, ours: Buffer | undefined): void {
    if (ours === undefined) {
      this.#add({ path, kafka: describeBatches(kafka), ours: "none" });
      return;
    }
    this.compare(`${path}.producerId`, "producerId", producerId(kafka, 0), producerId(ours, 0));
    const [a, b] = [Buffer.from(kafka), Buffer.from(ours)];
    for (const copy of [a, b]) {
      copy.fill(0, 17, 21);
      copy.fill(0, 43, 51);
      // Markers and batches with log append time carry the broker's clock.
      if ((attributes(copy, 0) & 0x28) !== 0) copy.fill(0, 27, 43);
    }
    const at = a.findIndex((byte, index) => byte !== b[index]);
    if (at >= 0) this.#add({ path: `${path}.byte`, kafka: `at ${at}: ${a.toString("hex")}`, ours: b.toString("hex") });
  }
}

type Struct = Readonly<Record<string, unknown>>;

function isStruct(value: unknown): value is Struct {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function isFetchAnswer(value: Struct): boolean {
  return "responses" in value && "sessionId" in value;
}

/** Kafka tells what it could not read behind what it read, naming a topic anew for it. */
function byTopic(answer: Struct): Struct {
  const topics = new Map<unknown, { readonly topic: unknown; readonly topicId: unknown; partitions: Struct[] }>();
  for (const response of answer["responses"] as readonly Struct[]) {
    const key = `${String(response["topic"])} ${String(response["topicId"])}`;
    const known = topics.get(key) ?? { topic: response["topic"], topicId: response["topicId"], partitions: [] };
    known.partitions.push(...(response["partitions"] as readonly Struct[]));
    known.partitions.sort((a, b) => Number(a["partitionIndex"]) - Number(b["partitionIndex"]));
    topics.set(key, known);
  }
  return { ...answer, responses: [...topics.values()] };
}

function isAllAlike(list: readonly unknown[], key: string): boolean {
  return list.every((each) => (each as Struct)[key] === (list[0] as Struct)[key]);
}

function compareKeys(keys: readonly string[], a: Struct, b: Struct): number {
  for (const key of keys) {
    const [left, right] = [a[key] as string | number | null, b[key] as string | number | null];
    if (left !== right) return left === null || (right !== null && left < right) ? -1 : 1;
  }
  return 0;
}

function byteLengthOf(batches: readonly Buffer[]): number {
  return batches.reduce((sum, batch) => sum + batch.length, 0);
}

function describeBatches(records: Buffer): string {
  const batches = [...batchViews(records)].map((batch) => `, ${isControl(batch, 0) ? "marker" : "batch"} at ${baseOffset(batch, 0)}`);
  return `${records.length} bytes${batches.join("")}`;
}

function brief(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}
