import { type CompatibilityPolicy, MAX_DIFFERENCES } from "../../compatibility/difference.ts";
import { RegistryError } from "../../registry-error.ts";
import { arrayDifferences } from "./array-differences.ts";
import { alternativesOf, combinedDifferences, failingAlternatives, isSum, narrowedSum } from "./combined-differences.ts";
import { type Comparison, difference, type Found, NONE } from "./comparison.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { objectDifferences } from "./object-differences.ts";
import { valueDifferences } from "./value-differences.ts";
import { isOnlyReference, type Written, WrittenPool } from "./written.ts";

/** As many pairs as may be begun inside each other, so that the stack is never at its end. */
const MAX_DEPTH = 300;
/** Steps of a comparison, a pair or a look at one of its parts each. */
const MAX_STEPS = 20_000;

/**
 * What a reader with `reader` does not take of the values that `writer` takes. Whatever is not shown to fit is told, so that no difference means that each value fits; the exceptions are those that
 * the field agreed upon: a required property with a default, `oneOf` whose branches began to overlap, `format`, and what `LENIENT` lets through.
 * @throws RegistryError `REGISTRY_SCHEMA_TOO_LARGE`
 */
export function jsonSchemaDifferences(reader: JsonSchema, writer: JsonSchema, policy: CompatibilityPolicy): Found {
  const comparison = new JsonSchemaComparison(policy);
  const found = new Map(comparison.compare(reader, comparison.written([writer])).map((each) => [`${each.kind} ${each.path}`, each]));
  return [...found.values()];
}

interface Pair {
  found: Found;
  isOpen: boolean;
  /** Whether something was held to fit because this pair, still being compared, was held to. */
  isPresumed: boolean;
}

class JsonSchemaComparison implements Comparison {
  readonly policy: CompatibilityPolicy;
  readonly #pool = new WrittenPool();
  readonly #pairs = new Map<JsonSchema, Map<string, Pair>>();
  /** Pairs that fit, in the order in which that was found. */
  readonly #fitting: [JsonSchema, string][] = [];
  #depth = 0;
  #steps = 0;

  constructor(policy: CompatibilityPolicy) {
    this.policy = policy;
  }

  written(schemas: readonly JsonSchema[], chosen?: ReadonlySet<string>): Written {
    this.charge(schemas.length);
    return this.#pool.of(schemas, chosen);
  }

  charge(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= MAX_STEPS) return;
    throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `The schemas do not compare within ${MAX_STEPS} steps; make them smaller.`);
  }

  compare(reader: JsonSchema, written: Written): Found {
    if (reader.json === true || written.isNothing) return NONE;
    const ofReader = this.#pairs.get(reader) ?? new Map<string, Pair>();
    this.#pairs.set(reader, ofReader);
    const known = ofReader.get(written.key);
    if (known !== undefined) {
      known.isPresumed ||= known.isOpen;
      return known.found;
    }
    this.charge(1 + written.schemas.length);
    // A pair that is being compared further up: what is wrong with it is found there.
    const pair: Pair = { found: NONE, isOpen: true, isPresumed: false };
    ofReader.set(written.key, pair);
    if (++this.#depth > MAX_DEPTH) {
      const message = `More than ${MAX_DEPTH} schemas stand inside each other at ${reader.place}; they are not compared.`;
      throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", message, { path: reader.place });
    }
    const before = this.#fitting.length;
    const found = this.#comparePair(reader, written);
    this.#depth--;
    pair.isOpen = false;
    pair.found = found.length > MAX_DIFFERENCES ? found.slice(0, MAX_DIFFERENCES) : found;
    if (found.length === 0) this.#fitting.push([reader, written.key]);
    else if (pair.isPresumed) this.#forgetSince(before);
    return pair.found;
  }

  /** What was found to fit while a pair was held to fit that does not: it is compared again when it is asked for. */
  #forgetSince(before: number): void {
    for (const [reader, key] of this.#fitting.splice(before)) this.#pairs.get(reader)?.delete(key);
  }

  #comparePair(reader: JsonSchema, written: Written): Found {
    const found = this.#whole(reader, written);
    if (found.length === 0) return NONE;
    // Of its own alternatives a reader has asked each of the writer's.
    if (found.every(({ path }) => path === `${reader.place}/anyOf` || path === `${reader.place}/oneOf`)) return found;
    // What does not fit as a whole may fit alternative by alternative.
    for (const alternatives of alternativesOf(written)) {
      const failing = failingAlternatives(this, reader, written, alternatives);
      if (failing.length === 0) return NONE;
      if (failing.length < alternatives.branches.length && !isSum(reader)) return [narrowedSum(reader, written, alternatives, failing)];
    }
    return found;
  }

  #whole(reader: JsonSchema, written: Written): Found {
    if (written.schemas.includes(reader)) return NONE;
    if (reader.json === false) {
      return [difference("TYPE_NARROWED", reader.place, "The reader takes no value here.", false, written)];
    }
    const refs = reader.refs.flatMap((each) => this.compare(each, written));
    if (isOnlyReference(reader)) return reader.refs.length === 0 ? this.#foreign(reader, written) : refs;
    const values = valueDifferences(reader, written);
    // Of other types nothing more can be said.
    if (values.some(({ kind }) => kind === "TYPE_CHANGED")) return [...refs, ...values];
    return [
      ...refs,
      ...values,
      ...objectDifferences(this, reader, written),
      ...arrayDifferences(this, reader, written),
      ...combinedDifferences(this, reader, written),
    ];
  }

  /** A meta-schema is known by its address alone. */
  #foreign(reader: JsonSchema, written: Written): Found {
    const uri = keywordsOf(reader).get("$ref");
    if (written.schemas.some((each) => keywordsOf(each).get("$ref") === uri)) return NONE;
    return [
      difference("SCHEMA_ADDED", reader.place, "The reader asks for a meta-schema that the writer does not name.", reader.json, written),
    ];
  }
}
