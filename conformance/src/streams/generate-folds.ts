import type { AggregatorName, InitializerName, ReducerName } from "./case-functions.ts";
import type { SerdeName, StoreSpec, WindowSpec } from "./case-statement.ts";
import { drawKeyFunction, drawValueFunction, keySerde, valueSerde } from "./generate-stateless.ts";
import type { Made, OperatorMaker, TopologyWriter } from "./generate-topology.ts";

const reducers: Readonly<Record<string, readonly ReducerName[]>> = {
  string: ["concat", "last", "max", "nullIfEqual"],
  long: ["sum", "last", "max", "nullIfEqual"],
};
const subtractors: Readonly<Record<string, readonly ReducerName[]>> = { string: ["without", "last"], long: ["minus", "last"] };
const aggregators: Readonly<Record<string, readonly AggregatorName[]>> = {
  string: ["concat", "without", "lastOrNull", "nullIfB"],
  long: ["sum", "minus", "countNulls"],
};
const initializers: Readonly<Record<string, readonly InitializerName[]>> = { string: ["empty", "null"], long: ["zero", "null"] };

const isPlainKey = ({ key }: Made): boolean => key === "string" || key === "long";

/** Groups the stream; gives the id of the group and its key's serde. */
function addGroup(from: Made, writer: TopologyWriter): { readonly id: string; readonly key: SerdeName } {
  const id = writer.id("g");
  if (writer.chance(0.5) && isPlainKey(from)) {
    writer.add({ id, op: "groupByKey", from: from.id, key: from.key, value: from.value, ...writer.name("group") });
    return { id, key: from.key };
  }
  let map = drawKeyFunction(writer);
  if (map === "sameKey" && !isPlainKey(from)) map = "textOfKey";
  const key = keySerde(map, from.key);
  writer.add({ id, op: "groupBy", from: from.id, map, key, value: from.value, ...writer.name("group") });
  return { id, key };
}

function drawWindow(writer: TopologyWriter): { readonly window: WindowSpec; readonly key: SerdeName } {
  const graceMs = writer.chance(0.3) ? 0 : writer.millis(0, 10);
  const draw = writer.random();
  if (draw < 0.3) {
    const sizeMs = writer.millis(1, 20);
    return { window: { kind: "time", sizeMs, graceMs }, key: `windowed:${sizeMs}` };
  }
  if (draw < 0.5) {
    const sizeMs = writer.millis(2, 20);
    return {
      window: { kind: "time", sizeMs, advanceMs: writer.millis(Math.ceil(sizeMs / 4), sizeMs), graceMs },
      key: `windowed:${sizeMs}`,
    };
  }
  if (draw < 0.75) {
    const differenceMs = writer.millis(1, 15);
    return { window: { kind: "sliding", differenceMs, graceMs }, key: `windowed:${differenceMs}` };
  }
  return { window: { kind: "session", gapMs: writer.millis(0, 10), graceMs }, key: "sessionWindowed" };
}

/** The shortest retention that Java takes. */
function reachOf(window: WindowSpec): number {
  if (window.kind === "session") return window.gapMs + window.graceMs;
  if (window.kind === "unlimited") return Number.POSITIVE_INFINITY;
  return window.graceMs + (window.kind === "time" ? window.sizeMs : 2 * window.differenceMs);
}

interface FoldKind {
  readonly isSession: boolean;
  readonly isTable: boolean;
  /** What the store must keep at least, of windows. */
  readonly reachMs?: number;
}

/** One of the three folds of a group of `value`; gives the serde of the result. */
function addFold(id: string, group: string, value: SerdeName, writer: TopologyWriter, fold: FoldKind): SerdeName {
  const draw = writer.random();
  const name = writer.name("fold");
  const kept = fold.reachMs !== undefined && writer.chance(0.4) ? { retentionMs: fold.reachMs + writer.millis(0, 60) } : {};
  const drawStore = (made: SerdeName, share?: number): { readonly store?: StoreSpec } => {
    const { store } = writer.store(undefined, made, share);
    return "retentionMs" in kept || store !== undefined ? { store: { value: made, ...store, ...kept } } : {};
  };
  if (draw < 0.35) {
    writer.add({ id, op: "count", from: group, ...name, ...drawStore("long") });
    return "long";
  }
  if (draw < 0.6) {
    const subtract = fold.isTable ? { subtract: writer.pick(subtractors[value]!) } : {};
    writer.add({
      id,
      op: "reduce",
      from: group,
      add: writer.pick(reducers[value]!),
      ...subtract,
      ...name,
      ...drawStore(value),
    });
    return value;
  }
  const made = writer.pick(["string", "long"] as const);
  const subtract = fold.isTable
    ? { subtract: writer.pick(made === "long" ? (["minus"] as const) : (["without", "lastOrNull"] as const)) }
    : {};
  const merge = fold.isSession ? { merge: made === "long" ? ("sum" as const) : ("concat" as const) } : {};
  const { store } = drawStore(made, 0.6);
  writer.add({
    id,
    op: "aggregate",
    from: group,
    init: writer.pick(initializers[made]!),
    add: writer.pick(aggregators[made]!),
    ...subtract,
    ...merge,
    ...name,
    store: store ?? { value: made },
  });
  return made;
}

const fold: OperatorMaker = {
  name: "fold",
  weight: 4,
  fits: ({ kind }) => kind === "stream",
  add(from, writer) {
    const group = addGroup(from, writer);
    const id = writer.id("a");
    const value = addFold(id, group.id, from.value, writer, { isSession: false, isTable: false });
    return [{ id, kind: "table", key: group.key, value, knowsSerdes: true }];
  },
};

const windowed: OperatorMaker = {
  name: "windowed",
  weight: 5,
  fits: ({ kind }) => kind === "stream",
  add(from, writer) {
    const group = addGroup({ ...from }, writer);
    if (group.key !== "string") return [];
    const { window, key } = drawWindow(writer);
    const windowedId = writer.id("w");
    const emit: { readonly emit?: "onUpdate" | "onClose" } = writer.chance(0.35) ? { emit: writer.pick(["onUpdate", "onClose"]) } : {};
    writer.add({ id: windowedId, op: "windowedBy", from: group.id, window, ...emit });
    const id = writer.id("a");
    const value = addFold(id, windowedId, from.value, writer, {
      isSession: window.kind === "session",
      isTable: false,
      reachMs: reachOf(window),
    });
    return [{ id, kind: "table", key, value, knowsSerdes: true, isWindowed: true }];
  },
};

const cogroup: OperatorMaker = {
  name: "cogroup",
  weight: 1.2,
  fits: ({ kind, key }) => kind === "stream" && key === "string",
  add(from, writer) {
    const partner = writer.partner("stream", ({ key }) => key === "string");
    const value = writer.pick(["string", "long"] as const);
    const first = writer.id("g");
    writer.add({ id: first, op: "groupByKey", from: from.id, key: from.key, value: from.value, ...writer.name("group") });
    let id = writer.id("cg");
    writer.add({ id, op: "cogroup", from: first, add: writer.pick(aggregators[value]!) });
    if (partner !== undefined && partner.id !== from.id) {
      writer.markRead(partner);
      const second = writer.id("g");
      writer.add({ id: second, op: "groupByKey", from: partner.id, key: partner.key, value: partner.value, ...writer.name("group") });
      const both = writer.id("cg");
      writer.add({ id: both, op: "andCogroup", from: id, with: second, add: writer.pick(aggregators[value]!) });
      id = both;
    }
    let key: SerdeName = "string";
    let merge = {};
    let isWindowed = false;
    if (writer.chance(0.5)) {
      const drawn = drawWindow(writer);
      const windowedId = writer.id("w");
      writer.add({ id: windowedId, op: "windowedBy", from: id, window: drawn.window });
      id = windowedId;
      key = drawn.key;
      isWindowed = true;
      if (drawn.window.kind === "session") merge = { merge: value === "long" ? ("sum" as const) : ("concat" as const) };
    }
    const result = writer.id("a");
    const { store } = writer.store("string", value, 0.6);
    writer.add({
      id: result,
      op: "aggregate",
      from: id,
      init: writer.pick(initializers[value]!),
      ...merge,
      ...writer.name("fold"),
      store: store ?? { key: "string", value },
    });
    return [{ id: result, kind: "table", key, value, knowsSerdes: true, isWindowed, isJoinable: !isWindowed }];
  },
};

const tableFold: OperatorMaker = {
  name: "tableFold",
  weight: 3,
  fits: ({ kind }) => kind === "table",
  add(from, writer) {
    const group = writer.id("g");
    // A null of an old row's key is refused, so keys that depend on the value only in ways that give null for null are left out.
    const map = writer.pick(["sameKey", "textOfKey", "firstOfValue", "valueAsKey", "keyAndValue"] as const);
    const mapValue = drawValueFunction(writer);
    const key = keySerde(map, from.key);
    const value = valueSerde(mapValue, from.value);
    if (key !== "string") return [];
    writer.add({ id: group, op: "groupBy", from: from.id, map, mapValue, key, value, ...writer.name("group") });
    const id = writer.id("a");
    return [
      {
        id,
        kind: "table",
        key,
        value: addFold(id, group, value, writer, { isSession: false, isTable: true }),
        knowsSerdes: true,
      },
    ];
  },
};

const suppress: OperatorMaker = {
  name: "suppress",
  weight: 3,
  fits: ({ kind, knowsSerdes, isVersioned }) => kind === "table" && knowsSerdes && isVersioned !== true,
  add(from, writer) {
    const id = writer.id("su");
    const name = writer.name("suppress");
    if (from.isWindowed === true && writer.chance(0.6)) {
      const bound = writer.chance(0.05) ? { ...drawBound(writer), whenFull: "shutdown" as const } : {};
      writer.add({ id, op: "suppress", from: from.id, until: "windowCloses", ...bound, ...name });
    } else {
      const whenFull = writer.chance(0.05) ? { whenFull: "shutdown" as const } : {};
      const bound = writer.chance(0.6) ? { ...drawBound(writer), ...whenFull } : {};
      writer.add({ id, op: "suppress", from: from.id, until: writer.millis(0, 20), ...bound, ...name });
    }
    return [{ ...from, id }];
  },
};

const drawBound = (writer: TopologyWriter): { readonly maxRecords?: number; readonly maxBytes?: number } =>
  writer.chance(0.5) ? { maxRecords: writer.millis(1, 4) } : { maxBytes: writer.millis(50, 400) };

/** Groups with what is folded from them, and suppression. */
export const foldOperators: readonly OperatorMaker[] = [fold, windowed, cogroup, tableFold, suppress];
