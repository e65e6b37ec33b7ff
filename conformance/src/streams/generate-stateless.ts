import type { KeyFunctionName, ValueFunctionName } from "./case-functions.ts";
import { flatFunctionNames, flatValueFunctionNames, keyFunctionNames, predicateNames, valueFunctionNames } from "./case-functions.ts";
import type { SerdeName } from "./case-statement.ts";
import type { Made, OperatorMaker, TopologyWriter } from "./generate-topology.ts";

const isStream = ({ kind }: Made): boolean => kind === "stream";
const isTable = ({ kind }: Made): boolean => kind === "table";
const isUnwindowedKey = ({ key }: Made): boolean => key === "string" || key === "long";

/** The serde of what a value function gives. */
export function valueSerde(name: ValueFunctionName, value: SerdeName): SerdeName {
  if (name === "same") return value;
  return name === "length" || name === "plusOne" ? "long" : "string";
}

/** A value function that does not throw. */
export function drawValueFunction(writer: TopologyWriter): ValueFunctionName {
  return writer.pick(valueFunctionNames.filter((name) => name !== "failIfC"));
}

/** A key function that gives a new key; `sameKey` keeps windowed keys windowed. */
export function drawKeyFunction(writer: TopologyWriter): KeyFunctionName {
  return writer.pick(keyFunctionNames);
}

/** The serde of what a key function gives. */
export function keySerde(name: KeyFunctionName, key: SerdeName): SerdeName {
  return name === "sameKey" ? key : "string";
}

const filter: OperatorMaker = {
  name: "filter",
  weight: 3,
  fits: () => true,
  add(from, writer) {
    const id = writer.id("f");
    const op = writer.pick(["filter", "filterNot"] as const);
    const store = isTable(from) && isUnwindowedKey(from) ? writer.store(from.key, from.value, 0.3) : {};
    writer.add({ id, op, from: from.id, test: writer.pick(predicateNames), ...writer.name("filter"), ...store });
    return [{ ...from, id }];
  },
};

const mapValues: OperatorMaker = {
  name: "mapValues",
  weight: 3,
  fits: () => true,
  add(from, writer) {
    const id = writer.id("v");
    const map = writer.chance(0.01) ? "failIfC" : drawValueFunction(writer);
    const value = valueSerde(map, from.value);
    const store = isTable(from) && isUnwindowedKey(from) ? writer.store(from.key, value, 0.3) : {};
    writer.add({ id, op: "mapValues", from: from.id, value: map, result: value, ...writer.name("map-values"), ...store });
    return [{ ...from, id, value, knowsSerdes: store.store !== undefined }];
  },
};

const map: OperatorMaker = {
  name: "map",
  weight: 2,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("m");
    const key = drawKeyFunction(writer);
    const value = drawValueFunction(writer);
    writer.add({ id, op: "map", from: from.id, key, value, ...writer.name("map") });
    return [{ ...from, id, key: keySerde(key, from.key), value: valueSerde(value, from.value) }];
  },
};

const selectKey: OperatorMaker = {
  name: "selectKey",
  weight: 2,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("k");
    const key = drawKeyFunction(writer);
    writer.add({ id, op: "selectKey", from: from.id, key, ...writer.name("select-key") });
    return [{ ...from, id, key: keySerde(key, from.key) }];
  },
};

const flat: OperatorMaker = {
  name: "flatMap",
  weight: 1.5,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("fl");
    if (writer.chance(0.5)) {
      const flatValues = writer.pick(flatValueFunctionNames);
      writer.add({ id, op: "flatMapValues", from: from.id, flat: flatValues, ...writer.name("flat-map-values") });
      return [{ ...from, id, value: flatValues === "twice" ? from.value : "string" }];
    }
    writer.add({ id, op: "flatMap", from: from.id, flat: writer.pick(flatFunctionNames), ...writer.name("flat-map") });
    return [{ ...from, id, key: "string", value: "string" }];
  },
};

const peek: OperatorMaker = {
  name: "peek",
  weight: 0.5,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("p");
    if (writer.chance(0.2)) {
      writer.add({ id, op: "foreach", from: from.id, ...writer.name("foreach") });
      return [];
    }
    writer.add({ id, op: "peek", from: from.id, ...writer.name("peek") });
    return [{ ...from, id }];
  },
};

const split: OperatorMaker = {
  name: "split",
  weight: 1,
  fits: isStream,
  add(from, writer) {
    // All branches are named or none: a number as a name would come first among the keys of an object.
    const isNamed = writer.name().name !== undefined;
    const branch = (hint: string) => ({ id: writer.id("b"), ...(isNamed ? { name: writer.id(hint) } : {}) });
    const branches = Array.from({ length: 1 + Math.floor(writer.random() * 2) }, () => ({
      ...branch("branch"),
      test: writer.pick(predicateNames),
    }));
    const other = writer.chance(0.6) ? { default: branch("other") } : {};
    writer.add({ id: writer.id("sp"), op: "split", from: from.id, branches, ...other, ...writer.name("split") });
    const ids = [...branches.map(({ id }) => id), ...(other.default === undefined ? [] : [other.default.id])];
    return ids.map((id) => ({ ...from, id }));
  },
};

const sameTypes =
  (from: Made) =>
  (made: Made): boolean =>
    made.key === from.key && made.value === from.value;

const merge: OperatorMaker = {
  name: "merge",
  weight: 1.5,
  fits: (from, writer) => isStream(from) && writer.partner("stream", sameTypes(from)) !== undefined,
  add(from, writer) {
    const id = writer.id("mg");
    const partner = writer.partner("stream", sameTypes(from))!;
    writer.markRead(partner);
    writer.add({ id, op: "merge", from: from.id, with: partner.id, ...writer.name("merge") });
    return [{ ...from, id }];
  },
};

const repartition: OperatorMaker = {
  name: "repartition",
  weight: 1,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("rp");
    const partitions = writer.chance(0.2) ? { partitions: 2 } : {};
    writer.add({ id, op: "repartition", from: from.id, key: from.key, value: from.value, ...writer.name("repartition"), ...partitions });
    return [{ ...from, id }];
  },
};

const toTable: OperatorMaker = {
  name: "toTable",
  weight: 1.5,
  fits: (from) => isStream(from) && isUnwindowedKey(from),
  add(from, writer) {
    const id = writer.id("tt");
    const { store } = writer.store(from.key, from.value, 0.5);
    writer.add({
      id,
      op: "toTable",
      from: from.id,
      key: from.key,
      value: from.value,
      ...writer.name("to-table"),
      store: store ?? { key: from.key, value: from.value },
    });
    return [{ ...from, id, kind: "table", knowsSerdes: true }];
  },
};

const toStream: OperatorMaker = {
  name: "toStream",
  weight: 2,
  fits: isTable,
  add(from, writer) {
    const id = writer.id("ts");
    const key = writer.chance(0.25) ? drawKeyFunction(writer) : undefined;
    writer.add({ id, op: "toStream", from: from.id, ...(key === undefined ? {} : { key }), ...writer.name("to-stream") });
    return [{ id, kind: "stream", key: key === undefined ? from.key : keySerde(key, from.key), value: from.value, knowsSerdes: false }];
  },
};

const process: OperatorMaker = {
  name: "process",
  weight: 1.2,
  fits: isStream,
  add(from, writer) {
    const id = writer.id("pr");
    const op = writer.pick(["process", "processValues"] as const);
    const flushes = op === "process" && from.key === "string" && from.value === "string";
    const global = writer.partner("globalStore", () => true);
    if (global !== undefined && writer.chance(0.8)) {
      writer.markRead(global);
      const read = { processor: "readGlobal", globalStore: global.storeName! } as const;
      writer.add({ id, op, from: from.id, ...read, ...writer.name("process") });
      return [{ ...from, id, value: "string" }];
    }
    const processor = writer.pick([
      "passOn",
      "countInStore",
      "changeInStore",
      "addHeader",
      ...(flushes ? (["flushOnStreamTime", "flushOnWallClock"] as const) : []),
    ] as const);
    const isFlush = processor.startsWith("flush");
    const startMs = isFlush && writer.chance(0.4) ? { startMs: writer.millis(0, 200) } : {};
    // Java cannot walk over what keeps so many keys.
    const entriesMax = !isFlush && writer.chance(0.5) ? { entriesMax: 1 + writer.millis(0, 4) } : {};
    const store = processor === "passOn" || processor === "addHeader" ? {} : { store: { name: `${writer.id("seen")}`, ...entriesMax } };
    writer.add({ id, op, from: from.id, processor, ...writer.name("process"), ...store, ...startMs });
    return [{ ...from, id, value: processor.endsWith("InStore") ? "string" : from.value }];
  },
};

/** Operators without memory, and processors. */
export const statelessOperators: readonly OperatorMaker[] = [
  filter,
  mapValues,
  map,
  selectKey,
  flat,
  peek,
  split,
  merge,
  repartition,
  toTable,
  toStream,
  process,
];
