import type { DataKeys } from "../encryption/data-keys.ts";
import { openField, sealField, splitSealed } from "../encryption/field-cipher.ts";
import type { SchemaRule } from "../schema-types.ts";
import { type ContractCodec, ValueProblem } from "../serde/format-engine.ts";
import type { SerdeErrorPlace } from "../serdes-error.ts";
import { isBackwards, ruleRefused, type RuleWay } from "./active-rules.ts";
import { failedRule, onFailureOf, reportSuccess } from "./rule-actions.ts";
import type { CelExpression } from "./cel.ts";
import type { RuleField } from "./field-tree.ts";

/** A value has fields under so many data keys at most, so that bytes cannot ask a KMS for ever. */
const KEYS_MAX = 16;
const SCALARS: ReadonlySet<string> = new Set(["STRING", "BYTES", "INT", "LONG", "FLOAT", "DOUBLE", "BOOLEAN"]);

/** Where a value is written or read. */
export interface RulePlace extends SerdeErrorPlace {
  readonly subject: string;
  readonly schemaId: number | string;
}

interface Setting {
  readonly rules: readonly SchemaRule[];
  readonly way: RuleWay;
  readonly codec: ContractCodec;
  /** Of what a migration gives; left out where that is the same. */
  readonly into?: ContractCodec | undefined;
  readonly keys: DataKeys | undefined;
  readonly place: SerdeErrorPlace;
}

type Step = (value: unknown, place: RulePlace, cost: SharedCost) => unknown;

/** All that is asked of one value, by all rules and of all its fields, shares one bound: the first question begins it. */
export class SharedCost {
  #isBegun = false;

  ask(expression: CelExpression, variables: Readonly<Record<string, unknown>>): unknown {
    const shared = this.#isBegun ? "with the last one's" : "of its own";
    this.#isBegun = true;
    return expression(variables, shared);
  }
}

/** The rules of one schema on one way. What is encrypted is so behind all other rules, and read before them. */
export class SchemaRules {
  readonly codec: ContractCodec;
  readonly #setting: Setting;
  readonly #steps: readonly Step[];
  readonly #ciphers: readonly SchemaRule[];

  /** @throws SerdeError `SERDE_RULE_FAILED` for a rule that cannot be carried out. */
  static async load(setting: Setting): Promise<SchemaRules> {
    const cel = setting.rules.some(({ type }) => type.startsWith("CEL")) ? await import("./cel.ts") : undefined;
    const steps: Step[] = [];
    const ciphers: SchemaRule[] = [];
    for (const rule of setting.rules) {
      const refuse = (problem: string): Error => ruleRefused(rule, problem, setting.place);
      const onFailure = onFailureOf(rule, setting.way, setting.place);
      if (rule.type === "ENCRYPT" && setting.way !== "UPGRADE" && setting.way !== "DOWNGRADE") {
        if (setting.keys === undefined) throw refuse('the serde has no keys; give it "keys"');
        if ((rule.tags ?? []).length === 0) throw refuse("it names no tags, so nothing says which fields it is for");
        if (rule.params?.["encrypt.kek.name"] === undefined) throw refuse('"encrypt.kek.name" in its params names the key');
        if (onFailure === "NONE" && setting.way === "WRITE") throw refuse("onFailure NONE would send fields in the clear");
        ciphers.push(rule);
      } else if (cel !== undefined && (rule.type === "CEL" || rule.type === "CEL_FIELD")) {
        // The parser takes up to half of what may hold the loop, so that each rule has a turn of its own.
        await new Promise(setImmediate);
        try {
          steps.push(
            rule.type === "CEL" ? wholeStep(rule, setting, cel.compileCel(rule.expr ?? "")) : fieldStep(rule, setting, cel.compileCel),
          );
        } catch (cause) {
          throw refuse(`its expression cannot be used (${cause instanceof Error ? cause.message : String(cause)})`);
        }
      } else
        throw refuse(
          `its type is none that is known ${setting.way.endsWith("GRADE") ? "for migrations (CEL, CEL_FIELD)" : "(CEL, CEL_FIELD, ENCRYPT)"}`,
        );
    }
    // Nor does the first value share the last rule's.
    if (steps.length > 0) await new Promise(setImmediate);
    if (isBackwards(setting.way)) steps.reverse();
    return new SchemaRules(setting, steps, ciphers);
  }

  private constructor(setting: Setting, steps: readonly Step[], ciphers: readonly SchemaRule[]) {
    this.codec = setting.codec;
    this.#setting = setting;
    this.#steps = steps;
    this.#ciphers = ciphers;
  }

  /** The value of the other version; on the way over several versions `cost` is the same. */
  migrate(value: unknown, place: RulePlace, cost: SharedCost): unknown {
    return this.#run(value, place, cost);
  }

  /** What is to be written in the value's place; a promise only where a key must be asked for. */
  seal(value: unknown, place: RulePlace): unknown {
    const changed = this.#run(value, place);
    if (changed !== value) this.codec.check(changed);
    return this.#cipher(changed, place);
  }

  /** What was meant by what was read. */
  open(value: unknown, place: RulePlace): unknown {
    const opened = this.#cipher(value, place);
    return opened instanceof Promise ? opened.then((clear) => this.#run(clear, place)) : this.#run(opened, place);
  }

  #run(value: unknown, place: RulePlace, cost = new SharedCost()): unknown {
    return this.#steps.reduce((now, step) => step(now, place, cost), value);
  }

  #cipher(value: unknown, place: RulePlace, round = 0): unknown {
    if (this.#ciphers.length === 0) return value;
    const pending = new Set<Promise<void>>();
    const changed = this.#ciphers.reduce((now, rule) => this.#cipherFields(now, { rule, place, pending }), value);
    if (pending.size === 0) return changed;
    if (round > 2) throw new ValueProblem("", "its keys are forgotten as soon as they are had");
    return Promise.all(pending).then(() => this.#cipher(value, place, round + 1));
  }

  #cipherFields(
    value: unknown,
    { rule, place, pending }: { readonly rule: SchemaRule; readonly place: RulePlace; readonly pending: Set<Promise<void>> },
  ): unknown {
    const { codec, way } = this.#setting;
    const act = onFailureOf(rule, way, place);
    const fail = (cause: unknown, path: string): Error =>
      failedRule(rule, act, { place: { ...place, path }, problem: problemOf(cause), cause });
    return codec.fields.map(value, (part, field) => {
      if (!isFor(rule, field)) return part;
      try {
        if (field.typeName !== "STRING" && field.typeName !== "BYTES")
          throw new ValueProblem(field.path, `the field is a ${field.typeName}, and only strings and bytes can be encrypted`);
        const waitFor = (key: Promise<void>, keyId: string): unknown => {
          if (pending.size >= KEYS_MAX) throw new ValueProblem(field.path, `the value has fields under more than ${KEYS_MAX} keys`);
          pending.add(
            key.catch((cause: unknown) => {
              if (act === "NONE") return;
              throw fail(new ValueProblem(field.path, `the key "${keyId}" cannot be had (${problemOf(cause)})`, cause), field.path);
            }),
          );
          return part;
        };
        return way === "WRITE"
          ? this.#sealField(part, { rule, field, place, waitFor })
          : this.#openField(part, { rule, field, place, waitFor });
      } catch (cause) {
        if (act === "NONE") return part;
        throw fail(cause, field.path);
      }
    });
  }

  #sealField(part: unknown, { rule, field, place, waitFor }: Sealing): unknown {
    const name = rule.params!["encrypt.kek.name"]!;
    const key = this.#setting.keys!.forWriting(name);
    if (key instanceof Promise) return waitFor(key, name);
    const isText = typeof part === "string";
    const sealed = sealField(isText ? Buffer.from(part) : (part as Uint8Array), key, placeOf(place, field));
    return isText ? sealed.toString("base64") : sealed;
  }

  #openField(part: unknown, { field, place, waitFor }: Sealing): unknown {
    const isText = typeof part === "string";
    const sealed = splitSealed(isText ? Buffer.from(part, "base64") : Buffer.from(part as Uint8Array), field.path);
    const key = this.#setting.keys!.forReading(sealed);
    if (key instanceof Promise) return waitFor(key, sealed.keyId);
    const clear = openField(sealed, key, placeOf(place, field));
    return isText ? clear.toString() : clear;
  }
}

interface Sealing {
  readonly rule: SchemaRule;
  readonly field: RuleField;
  readonly place: RulePlace;
  readonly waitFor: (key: Promise<void>, keyId: string) => unknown;
}

const placeOf = ({ subject, schemaId }: RulePlace, { path }: RuleField): { subject: string; schema: number | string; path: string } => ({
  subject,
  schema: schemaId,
  path,
});

/** A rule for the value as a whole. */
function wholeStep(rule: SchemaRule, setting: Setting, evaluate: CelExpression): Step {
  const { codec, into = codec } = setting;
  const { fields } = codec;
  return (value, place, cost) => {
    const whole = withInts(fields, value);
    return outcome(rule, setting.way, {
      place,
      before: value,
      evaluate: () => cost.ask(evaluate, { message: whole }),
      after: (now) => withNumbers(into.fields, into.inPlaceOf?.(now, value) ?? now),
    });
  };
}

/** A rule for each field with its tags, or each that there is. `guard ; expression`: only where the guard holds. */
function fieldStep(rule: SchemaRule, setting: Setting, compile: (text: string) => CelExpression): Step {
  const text = rule.expr ?? "";
  const cut = guardEnd(text);
  const guard = cut === -1 ? undefined : compile(text.slice(0, cut));
  const evaluate = compile(text.slice(cut + 1));
  const { fields } = setting.codec;
  return (value, place, cost) => {
    const message = /\bmessage\b/.test(text) ? withInts(fields, value) : undefined;
    return fields.map(value, (part, field) => {
      const { fullName, name, path, tags, typeName } = field;
      if (!SCALARS.has(typeName) || !isFor(rule, field)) return part;
      const variables = { value: intOf(part, typeName), name, fullName, typeName, tags: [...tags], message };
      return outcome(rule, setting.way, {
        place: { ...place, path },
        before: part,
        evaluate: () => (guard === undefined || cost.ask(guard, variables) === true ? cost.ask(evaluate, variables) : SKIPPED),
        after: (now) => numberOf(now, typeName),
      });
    });
  };
}

const SKIPPED = Symbol("skipped");

function outcome(
  rule: SchemaRule,
  way: RuleWay,
  run: { readonly place: RulePlace; readonly before: unknown; readonly evaluate: () => unknown; readonly after: (now: unknown) => unknown },
): unknown {
  const { before, place } = run;
  let now: unknown;
  try {
    now = run.evaluate();
    if (now === SKIPPED) return before;
    if (rule.kind === "CONDITION") {
      if (now !== true)
        throw new ValueProblem(
          "",
          now === false ? `the condition does not hold: ${rule.expr}` : "the condition gives neither true nor false",
        );
      now = before;
    } else now = run.after(now);
  } catch (cause) {
    const action = onFailureOf(rule, way, place);
    if (action === "NONE") return before;
    throw failedRule(rule, action, { place, problem: problemOf(cause), cause });
  }
  reportSuccess(rule, way, place);
  return now;
}

function isFor({ tags = [] }: SchemaRule, field: RuleField): boolean {
  return tags.length === 0 || tags.some((tag) => field.tags.has(tag));
}

/** Where a guard ends: at the first semicolon that stands in no text. */
function guardEnd(text: string): number {
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== undefined) {
      if (char === "\\") at++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === ";") return at;
  }
  return -1;
}

/** Whole numbers are CEL's int only as a bigint. */
function withInts(fields: ContractCodec["fields"], value: unknown): unknown {
  return fields.map(value, (part, { typeName }) => intOf(part, typeName));
}

function withNumbers(fields: ContractCodec["fields"], value: unknown): unknown {
  return fields.map(value, (part, { typeName }) => numberOf(part, typeName));
}

const INTS: ReadonlySet<string> = new Set(["INT", "LONG", "ENUM"]);

function intOf(value: unknown, typeName: string): unknown {
  return typeof value === "number" && Number.isSafeInteger(value) && INTS.has(typeName) ? BigInt(value) : value;
}

function numberOf(value: unknown, typeName: string): unknown {
  if (typeof value !== "bigint" || typeName === "LONG") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function problemOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
