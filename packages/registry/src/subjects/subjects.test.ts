import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";
import { deleteSubject, deleteVersion } from "./delete-schemas.ts";
import { findVersion, parseVersion } from "./find-version.ts";
import { findSchema, registerSchema, type SchemaRequest } from "./register-schema.ts";
import type { RegistryRecord, SchemaVersion } from "./registry-record.ts";
import { deleteConfig, deleteMode, setConfig, setMode } from "./registry-settings.ts";
import { RegistryState } from "./registry-state.ts";
import { SchemaReader } from "./schema-reader.ts";

const SEED = 4711;

/** A registry whose topic is a list. */
class Registry {
  readonly log: RegistryRecord[] = [];
  readonly state = new RegistryState();
  readonly reader = new SchemaReader({ AVRO: avroFormat });

  take(records: readonly RegistryRecord[]): void {
    for (const record of records) {
      this.log.push(record);
      this.state.apply(record);
    }
  }

  register(subject: string, fields: string, more: Partial<SchemaRequest> = {}): SchemaVersion {
    const { records, version } = registerSchema(this.state, this.reader, request(subject, fields, more));
    this.take(records);
    return version;
  }

  find(subject: string, fields: string, deleted = false): SchemaVersion | undefined {
    return findSchema(this.state, this.reader, request(subject, fields), deleted);
  }

  deleteVersion(subject: string, version: number | "latest", permanent = false): readonly number[] {
    const { records, versions } = deleteVersion(this.state, subject, version, permanent);
    this.take(records);
    return versions;
  }

  deleteSubject(subject: string, permanent = false): readonly number[] {
    const { records, versions } = deleteSubject(this.state, subject, permanent);
    this.take(records);
    return versions;
  }

  brief(subject: string): readonly string[] {
    return this.state.versions(subject).map(({ version, id, isDeleted }) => `v${version} id${id}${isDeleted ? " deleted" : ""}`);
  }
}

/** "a b?": fields of int, those with a question mark with a default. */
const schemaOf = (fields: string, name = "R"): string =>
  JSON.stringify({
    type: "record",
    name,
    fields: fields
      .split(" ")
      .filter(Boolean)
      .map((each) => ({ name: each.replace("?", ""), type: "int", ...(each.endsWith("?") && { default: 0 }) })),
  });
const request = (subject: string, fields: string, more: Partial<SchemaRequest> = {}): SchemaRequest => ({
  subject,
  schemaType: "AVRO",
  schema: schemaOf(fields),
  references: [],
  ...more,
});
const refused = (code: RegistryErrorCode, action: () => unknown): void => assert.throws(action, { name: "RegistryError", code });

test("one content has one id in all subjects, and a version of each subject", () => {
  const registry = new Registry();
  assert.equal(registry.register("a", "x").id, 1);
  assert.equal(registry.register("b", "x").id, 1);
  assert.equal(registry.register("a", "x y?").id, 2);
  assert.equal(registry.register("b", "x", { metadata: { properties: { owner: "me" } } }).id, 3);
  assert.deepEqual(
    [registry.brief("a"), registry.brief("b")],
    [
      ["v1 id1", "v2 id2"],
      ["v1 id1", "v2 id3"],
    ],
  );
  const length = registry.log.length;
  assert.equal(registry.register("a", "x").version, 1);
  assert.equal(registry.log.length, length, "nothing is written for what is there");
  assert.deepEqual(
    registry.state
      .ids(".")
      .uses(1)
      .map(({ subject }) => subject),
    ["a", "b"],
  );
});

test("what does not fit is refused with all differences, and leaves nothing", () => {
  const registry = new Registry();
  registry.register("a", "x");
  assert.throws(
    () => registry.register("a", "x y z"),
    (error: RegistryError) => {
      assert.equal(error.code, "REGISTRY_INCOMPATIBLE_SCHEMA");
      assert.match(
        error.message,
        /^The schema is incompatible with those of the subject "a" under BACKWARD\. .*"y" has no default.* \(version 1, 2 differences\)/,
      );
      assert.match(error.message, /It would pass under NONE, FORWARD, FORWARD_TRANSITIVE\.$/);
      assert.equal(error.details.filter((line) => line.includes("READER_FIELD_MISSING_DEFAULT_VALUE")).length, 2);
      return true;
    },
  );
  assert.deepEqual([registry.brief("a"), registry.log.length, registry.state.ids(".").highest], [["v1 id1"], 1, 1]);
});

test("softly deleted versions are read by id, do not count, and come back as new versions with their id", () => {
  const registry = new Registry();
  registry.register("a", "x");
  registry.register("a", "x y?");
  assert.deepEqual(registry.deleteVersion("a", "latest"), [2]);
  assert.equal(findVersion(registry.state, "a", "latest", false).version, 1);
  assert.equal(registry.find("a", "x y?"), undefined);
  assert.equal(registry.find("a", "x y?", true)?.version, 2);
  refused("REGISTRY_VERSION_NOT_FOUND", () => findVersion(registry.state, "a", 2, false));
  refused("REGISTRY_VERSION_SOFT_DELETED", () => registry.deleteVersion("a", 2));
  assert.equal(registry.register("a", "x y?").version, 3);
  assert.deepEqual(registry.brief("a"), ["v1 id1", "v2 id2 deleted", "v3 id2"]);
});

test("a version goes for ever only after it was deleted softly", () => {
  const registry = new Registry();
  registry.register("a", "x");
  refused("REGISTRY_VERSION_NOT_SOFT_DELETED", () => registry.deleteVersion("a", 1, true));
  registry.deleteVersion("a", 1);
  registry.deleteVersion("a", 1, true);
  assert.deepEqual([registry.brief("a"), registry.state.ids(".").uses(1)], [[], []]);
  refused("REGISTRY_SUBJECT_NOT_FOUND", () => registry.deleteVersion("a", 1));
});

test("nothing goes for ever that a softly deleted version refers to: records of it are to be read still", () => {
  const registry = new Registry();
  registry.register("base", "x");
  registry.register("user", "", { schema: '"int"', references: [{ name: "base", subject: "base", version: 1 }] });
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteVersion("base", 1));
  registry.deleteVersion("user", 1);
  assert.deepEqual(registry.deleteVersion("base", 1), [1], "softly, nothing is lost");
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteVersion("base", 1, true));
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteSubject("base", true));
  registry.deleteVersion("user", 1, true);
  assert.deepEqual(registry.deleteVersion("base", 1, true), [1]);
});

test("mode IMPORT brings a softly deleted version back, and puts no other schema in its place", () => {
  const registry = new Registry();
  registry.register("a", "x");
  registry.deleteVersion("a", 1);
  registry.take(setMode(registry.state, "a", "IMPORT", true));
  refused("REGISTRY_INVALID_VERSION", () => registry.register("a", "y", { id: 7, version: 1 }));
  assert.deepEqual(registry.brief("a"), ["v1 id1 deleted"]);
  assert.equal(registry.register("a", "x", { id: 1, version: 1 }).id, 1);
  assert.deepEqual(registry.brief("a"), ["v1 id1"]);
});

test("mode IMPORT gives no other id to a version that is there", () => {
  const registry = new Registry();
  registry.take(setMode(registry.state, "a", "IMPORT", false));
  registry.register("a", "x", { id: 5, version: 1 });
  refused("REGISTRY_INVALID_VERSION", () => registry.register("a", "x", { id: 6, version: 1 }));
  assert.deepEqual(registry.brief("a"), ["v1 id5"]);
});

test("a subject goes softly, then for ever, and its settings with it", () => {
  const registry = new Registry();
  registry.take(setConfig(registry.state, "a", { compatibilityLevel: "NONE" }).records);
  registry.register("a", "x");
  registry.register("a", "y");
  refused("REGISTRY_SUBJECT_NOT_SOFT_DELETED", () => registry.deleteSubject("a", true));
  assert.deepEqual(registry.deleteSubject("a"), [1, 2]);
  assert.equal(registry.state.ownConfig("a"), undefined);
  refused("REGISTRY_SUBJECT_SOFT_DELETED", () => registry.deleteSubject("a"));
  assert.deepEqual(registry.deleteSubject("a", true), [1, 2]);
  const gone = registry.log.filter((record) => record.type === "SCHEMA" && record.value === null);
  assert.deepEqual(
    gone.map((record) => record.type === "SCHEMA" && record.version),
    [1, 2],
    "each version's own record goes too",
  );
  refused("REGISTRY_SUBJECT_NOT_FOUND", () => registry.deleteSubject("a", true));
});

test("ids are never given twice, also when nothing else is left of them in the topic", () => {
  const registry = new Registry();
  registry.register("a", "x");
  registry.register("b", "y");
  registry.deleteSubject("b");
  registry.deleteSubject("b", true);
  const again = replayed(registry.log);
  assert.equal(again.register("c", "z").id, 3);
  assert.equal(registry.register("c", "z").id, 3);
});

test("contexts have ids of their own", () => {
  const registry = new Registry();
  assert.deepEqual([registry.register("a", "x").id, registry.register(":.other:a", "y").id], [1, 1]);
  assert.equal(registry.register(":.:a", "x").subject, "a");
  assert.deepEqual(registry.state.contexts(), [".", ".other"]);
});

test("references are pinned, resolved as deep as they go, and keep what they refer to", () => {
  const registry = new Registry();
  registry.register("leaf", "x", { schema: schemaOf("x", "Leaf") });
  const nested = JSON.stringify({ type: "record", name: "Inner", fields: [{ name: "leaf", type: "Leaf" }] });
  const inner = registry.register("inner", "", { schema: nested, references: [{ name: "Leaf", subject: "leaf", version: -1 }] });
  assert.deepEqual(inner.references, [{ name: "Leaf", subject: "leaf", version: 1 }]);
  const outer = JSON.stringify({
    type: "record",
    name: "Outer",
    fields: [
      { name: "a", type: "Inner" },
      { name: "b", type: "Leaf" },
    ],
  });
  registry.register("outer", "", { schema: outer, references: [{ name: "Inner", subject: "inner", version: 1 }] });
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteVersion("leaf", 1));
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteSubject("inner"));
  registry.deleteSubject("outer");
  assert.deepEqual(registry.deleteSubject("inner"), [1]);
  refused("REGISTRY_UNKNOWN_REFERENCE", () =>
    registry.register("o", "", { schema: outer, references: [{ name: "Inner", subject: "inner", version: 1 }] }),
  );
  refused("REGISTRY_UNKNOWN_REFERENCE", () =>
    registry.register("o", "", { schema: outer, references: [{ name: "Inner", subject: "nobody", version: -1 }] }),
  );
});

test("settings come from the nearest place that says them", () => {
  const registry = new Registry();
  const { state } = registry;
  registry.take(setConfig(state, null, { compatibilityLevel: "FULL", normalize: true }).records);
  registry.take(setConfig(state, ":.o:", { compatibilityLevel: "FORWARD" }).records);
  registry.take(setConfig(state, ":.__GLOBAL:", { compatibilityLevel: "NONE", compatibilityGroup: "g" }).records);
  registry.take(setConfig(state, "a", { compatibilityLevel: "BACKWARD" }).records);
  const told = (subject: string): unknown => {
    const { compatibilityLevel, normalize, compatibilityGroup } = state.config(subject);
    return [compatibilityLevel, normalize, compatibilityGroup];
  };
  assert.deepEqual(told("a"), ["BACKWARD", true, "g"]);
  assert.deepEqual(told("b"), ["FULL", true, "g"]);
  assert.deepEqual(told(":.o:b"), ["FORWARD", undefined, "g"]);
  assert.deepEqual(told(":.p:b"), ["NONE", undefined, "g"]);
  registry.take(deleteConfig(state, "a").records);
  assert.deepEqual(told("a"), ["FULL", true, "g"]);
  refused("REGISTRY_NO_SUBJECT_COMPATIBILITY", () => deleteConfig(state, "a"));
});

test("no version goes in mode READONLY, READONLY_OVERRIDE holds over a subject's own mode, and softly deleted versions keep IMPORT out", () => {
  const registry = new Registry();
  const { state } = registry;
  registry.register("a", "x");
  registry.take(setMode(state, "a", "READONLY", false));
  refused("REGISTRY_NOT_PERMITTED", () => registry.deleteVersion("a", 1));
  registry.take(setMode(state, "a", "READWRITE", false));
  registry.take(setMode(state, null, "READONLY_OVERRIDE", false));
  assert.equal(state.mode("a"), "READONLY_OVERRIDE");
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("a", "y"));
  refused("REGISTRY_NOT_PERMITTED", () => registry.deleteVersion("a", 1));
  registry.take(setMode(state, null, "READWRITE", false));
  registry.deleteVersion("a", 1);
  refused("REGISTRY_NOT_PERMITTED", () => setMode(state, "a", "IMPORT", false));
});

test("metadata: what a config overrides goes before the request's, and that before the config's default", () => {
  const registry = new Registry();
  const properties = (value: string, ...names: string[]) => ({ properties: Object.fromEntries(names.map((name) => [name, value])) });
  const change = { defaultMetadata: properties("default", "a", "b", "c"), overrideMetadata: properties("override", "c", "d") };
  registry.take(setConfig(registry.state, "a", change).records);
  const { metadata } = registry.register("a", "x", { metadata: properties("request", "b", "c", "d") });
  assert.deepEqual(metadata, { properties: { a: "default", b: "request", c: "override", d: "override" } });
});

test("a subject whose versions refer to each other goes as a whole, and no version of it that another refers to", () => {
  const registry = new Registry();
  registry.register("a", "", { schema: '"int"' });
  registry.register("a", "", { schema: '"long"', references: [{ name: "before", subject: "a", version: 1 }] });
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteVersion("a", 1));
  assert.deepEqual(registry.deleteSubject("a"), [1, 2]);
  refused("REGISTRY_REFERENCE_EXISTS", () => registry.deleteVersion("a", 1, true));
  assert.deepEqual(registry.deleteSubject("a", true), [1, 2]);
  assert.deepEqual(registry.brief("a"), []);
});

test("a schema stands on a thousand others and no more", () => {
  const registry = new Registry();
  registry.register("base", "", { schema: '"int"' });
  const on = (count: number): Partial<SchemaRequest> => ({
    references: Array.from({ length: count }, (_each, at) => ({ name: `n${at}`, subject: "base", version: 1 })),
  });
  refused("REGISTRY_SCHEMA_TOO_LARGE", () => registry.register("a", "x", on(1_001)));
  assert.equal(registry.register("a", "x", on(1_000)).version, 1);
});

test("a context is empty for IMPORT when nothing is in it, whatever is in others", () => {
  const registry = new Registry();
  registry.register("a", "x");
  registry.take(setMode(registry.state, ":.other:", "IMPORT", false));
  registry.take(deleteMode(registry.state, ":.other:").records);
  registry.register(":.other:b", "x");
  refused("REGISTRY_NOT_PERMITTED", () => setMode(registry.state, ":.other:", "IMPORT", false));
  registry.take(setMode(registry.state, ":.third:", "IMPORT", false));
});

test("what is sensitive by the subject's config stays so beside what a request says", () => {
  const registry = new Registry();
  const sensitive = (...names: readonly string[]) => ({
    properties: Object.fromEntries(names.map((name) => [name, name])),
    sensitive: names,
  });
  registry.take(setConfig(registry.state, "a", { defaultMetadata: sensitive("a"), overrideMetadata: sensitive("c", "a") }).records);
  assert.deepEqual(registry.register("a", "x", { metadata: sensitive("b") }).metadata, {
    properties: { a: "a", b: "b", c: "c" },
    sensitive: ["a", "b", "c"],
  });
});

test("modes forbid what they say, and IMPORT takes ids where nothing is", () => {
  const registry = new Registry();
  const { state } = registry;
  registry.register("a", "x");
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("a", "x y?", { id: 7 }));
  registry.take(setMode(state, "a", "READONLY", false));
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("a", "x y?"));
  refused("REGISTRY_NOT_PERMITTED", () => registry.deleteSubject("a"));
  registry.take(deleteMode(state, "a").records);
  refused("REGISTRY_NO_SUBJECT_MODE", () => deleteMode(state, "a"));
  refused("REGISTRY_NOT_PERMITTED", () => setMode(state, "a", "IMPORT", false));
  refused("REGISTRY_NOT_PERMITTED", () => setMode(state, null, "IMPORT", false));
  registry.take(setMode(state, "b", "IMPORT", false));
  assert.deepEqual(brief(registry.register("b", "q", { id: 70, version: 5 })), [70, 5]);
  assert.deepEqual(brief(registry.register("b", "r", { id: 71 })), [71, 6], "nothing is compared");
  refused("REGISTRY_ID_MISMATCH", () => registry.register("b", "s", { id: 70 }));
  refused("REGISTRY_INVALID_VERSION", () => registry.register("b", "s", { id: 72, version: 6 }));
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("b", "s"));
  registry.take(setMode(state, "d", "IMPORT", false));
  registry.register("d", "q", { id: 60 });
  assert.equal(registry.register("e", "q").id, 60, "of two ids for one content the lowest is given to others");
  assert.equal(registry.register("c", "new").id, 72);
  registry.take(setMode(state, null, "READONLY_OVERRIDE", false));
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("c", "new z?"));
});

test("of two ids for one content the one that is left is given to others, as after a restart", () => {
  const registry = new Registry();
  for (const [subject, id] of [
    ["high", 70],
    ["low", 60],
    ["middle", 65],
  ] as const) {
    registry.take(setMode(registry.state, subject, "IMPORT", false));
    registry.register(subject, "q", { id });
  }
  const gone = (subject: string): void => void [registry.deleteSubject(subject), registry.deleteSubject(subject, true)];
  gone("low");
  assert.equal(registry.register("a", "q").id, 65);
  gone("high");
  gone("middle");
  assert.equal(registry.register("b", "q").id, 65);
  gone("a");
  gone("b");
  assert.equal(registry.register("c", "q").id, 71);
});

test("the last version that an int can hold is the last, and nothing is said to be registered behind it", () => {
  const registry = new Registry();
  registry.take(setMode(registry.state, "a", "IMPORT", false));
  registry.register("a", "x", { id: 5, version: 0x7fff_ffff });
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("a", "y", { id: 6 }));
  registry.take(deleteMode(registry.state, "a").records);
  refused("REGISTRY_NOT_PERMITTED", () => registry.register("a", "x y?"));
  assert.deepEqual(registry.brief("a"), ["v2147483647 id5"]);
});

test("a text with half of a surrogate pair is no schema", () => {
  const registry = new Registry();
  refused("REGISTRY_INVALID_SCHEMA", () => registry.register("a", "", { schema: '{"type":"int","doc":"\ud800"}' }));
  assert.equal(registry.register("a", "", { schema: '{"type":"int","doc":"\\ud800"}' }).version, 1, "its escape is");
});

test("a schema is found without its metadata", () => {
  const registry = new Registry();
  for (let owner = 0; owner < 500; owner++) registry.register("a", "x", { metadata: { properties: { owner: String(owner) } } });
  registry.register("a", "x y?", { metadata: { properties: { owner: "last" } } });
  assert.deepEqual([registry.find("a", "x")?.version, registry.find("a", "x y?")?.version, registry.find("a", "z")], [500, 501, undefined]);
});

test("an alias means another subject", () => {
  const registry = new Registry();
  registry.take(setConfig(registry.state, "short", { alias: "long" }).records);
  assert.equal(registry.register("short", "x").subject, "long");
  assert.equal(registry.find("short", "x")?.subject, "long");
});

test("only versions of the same compatibility group are compared", () => {
  const registry = new Registry();
  registry.take(setConfig(registry.state, "a", { compatibilityGroup: "major" }).records);
  const major = (value: string): Partial<SchemaRequest> => ({ metadata: { properties: { major: value } } });
  registry.register("a", "x", major("1"));
  refused("REGISTRY_INCOMPATIBLE_SCHEMA", () => registry.register("a", "y", major("1")));
  assert.equal(registry.register("a", "y", major("2")).version, 2);
  assert.equal(registry.register("a", "x z?", major("1")).version, 3);
});

test("a group by the name of what all objects inherit is a group like any other", () => {
  const registry = new Registry();
  registry.register("a", "x");
  for (const compatibilityGroup of ["constructor", "toString", "__proto__"]) {
    registry.take(setConfig(registry.state, "a", { compatibilityGroup }).records);
    refused("REGISTRY_INCOMPATIBLE_SCHEMA", () => registry.register("a", "y", { metadata: { properties: { owner: "me" } } }));
  }
});

test("names of subjects and versions are checked", () => {
  const registry = new Registry();
  for (const name of ["", ":.c:", "a\u0000b", ":*:a", ":.__GLOBAL:a", "x".repeat(1001)]) {
    refused("REGISTRY_INVALID_SUBJECT", () => registry.register(name, "x"));
  }
  for (const name of ["a/b:c", "ü ", "__proto__", ":notAContext:a"]) assert.equal(registry.register(name, "x").version, 1);
  assert.deepEqual(["latest", "-1", "1", "2147483647"].map(parseVersion), ["latest", "latest", 1, 2147483647]);
  for (const text of ["0", "-2", "1.5", "2147483648", "x", ""]) refused("REGISTRY_INVALID_VERSION", () => parseVersion(text));
});

test("after any calls a topic that was compacted anywhere gives the same registry, and ids stay what they are", () => {
  const random = new SeededRandom(SEED);
  for (let run = 0; run < runsOf({ quick: 30, long: 1000 }); run++) {
    const registry = new Registry();
    const meaning = new Map<string, string>();
    for (let step = 0; step < 40; step++) {
      anyCall(registry, random);
      for (const subject of registry.state.subjects()) {
        for (const { id, schema, subject: of } of registry.state.versions(subject)) {
          const key = `${of.startsWith(":") ? "other" : "default"} ${id}`;
          assert.equal(meaning.get(key) ?? schema, schema, `seed ${SEED}, run ${run}, step ${step}: id ${key} changed its meaning`);
          meaning.set(key, schema);
        }
      }
    }
    const again = replayed(registry.log);
    assert.deepEqual(dump(again), dump(registry), `seed ${SEED}, run ${run}`);
  }
});

function brief({ id, version }: SchemaVersion): readonly number[] {
  return [id, version];
}

function anyCall(registry: Registry, random: SeededRandom): void {
  const subject = random.pick(["a", "b", ":.o:a"]);
  const permanent = random.chance(0.5);
  try {
    const kind = random.nextInt(10);
    if (kind < 5) registry.register(subject, random.pick(["x", "x y?", "x z?", "y", "x y? z?", ""]));
    else if (kind === 5) registry.deleteSubject(subject, permanent);
    else if (kind < 8) registry.deleteVersion(subject, random.pick([1, 2, 3, "latest"] as const), permanent);
    else if (kind === 8)
      registry.take(setConfig(registry.state, subject, { compatibilityLevel: random.pick(["NONE", "FULL"] as const) }).records);
    else registry.take(deleteConfig(registry.state, subject).records);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
  }
}

/** As the topic reads after compaction: the last record of each key, in the order of these. */
function replayed(log: readonly RegistryRecord[]): Registry {
  const keyOf = (record: RegistryRecord): string => `${record.type} ${record.subject} ${record.type === "SCHEMA" ? record.version : ""}`;
  const last = new Map(log.map((record, index) => [keyOf(record), index]));
  const registry = new Registry();
  registry.take(log.filter((record, index) => last.get(keyOf(record)) === index && (!("value" in record) || record.value !== null)));
  return registry;
}

function dump({ state }: Registry): unknown {
  const subjects = [...state.subjects()].sort();
  return subjects
    .map((subject): unknown => [subject, state.versions(subject), state.ownConfig(subject)])
    .concat([".", ".o"].map((context) => state.ids(context).highest));
}
