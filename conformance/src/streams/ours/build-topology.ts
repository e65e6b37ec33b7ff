import { type AnySerde, StreamsBuilder, serdes, stores, type Topology } from "@ottla/streams";
import type { CaseConfig } from "../case.ts";
import type { GroupStatement, JoinKind, SerdeName, Statement, StoreSpec, WindowSpec } from "../case-statement.ts";
import * as functions from "./functions.ts";
import { CaseFixedKeyProcessor, CaseProcessor, NumberKeeper } from "./processors.ts";

/** A case asks for a verb that the DSL does not have: no answer, but a fault of the case or of the DSL. */
export class MissingVerbError extends Error {}

/** Types are the case's business here: which of Java's calls fit together is found out by asking Java. */
type Verbs = Readonly<Record<string, ((...given: unknown[]) => unknown) | undefined>>;

/** The topology of a case's statements, through the DSL as users write it. */
export function buildTopology(statements: readonly Statement[], config: CaseConfig): Topology {
  const builder = new StreamsBuilder();
  const made = new Map<string, unknown>();
  for (const statement of statements) add(builder, made, statement, config.persistent === true);
  const optimization = config.optimization?.includes(".") === true ? config.optimization.split(",") : config.optimization;
  return builder.build({
    ...(optimization === undefined ? {} : { optimization: optimization as "all" }),
    ...(config.persistent === undefined ? {} : { persistentStores: true }),
    ...(config.requireNames === undefined ? {} : { requireNames: config.requireNames }),
  });
}

function call(on: unknown, verb: string, ...given: unknown[]): unknown {
  const found = (on as Verbs)[verb];
  if (found === undefined) throw new MissingVerbError(`The DSL has no ${verb}.`);
  return found.apply(on, given);
}

function serdeOf(name: SerdeName): AnySerde {
  if (name === "string") return serdes.string;
  if (name === "long") return serdes.long;
  if (name === "sessionWindowed") return serdes.sessionWindowed(serdes.string);
  return serdes.timeWindowed(serdes.string, Number(name.slice("windowed:".length)));
}

const serdesIn = ({ key, value }: { readonly key?: SerdeName; readonly value?: SerdeName }): object => ({
  ...(key === undefined ? {} : { key: serdeOf(key) }),
  ...(value === undefined ? {} : { value: serdeOf(value) }),
});

/** The options that a statement and its store make; the store's serdes are the operator's. */
function optionsOf(statement: { readonly name?: string; readonly store?: StoreSpec }): object {
  const name = statement.name === undefined ? {} : { name: statement.name };
  if (statement.store === undefined) return name;
  const { key, value, ...store } = statement.store;
  return { ...name, store, ...serdesIn({ ...(key && { key }), ...(value && { value }) }) };
}

function add(builder: StreamsBuilder, made: Map<string, unknown>, statement: Statement, isPersistent: boolean): void {
  if (statement.op === "split") {
    addSplit(made, statement);
    return;
  }
  const from = "from" in statement ? made.get(statement.from) : builder;
  const other = "with" in statement ? made.get(statement.with) : undefined;
  if (from === undefined) throw new Error(`No statement made ${"from" in statement ? statement.from : ""}.`);
  made.set(statement.id, make(builder, from, other, statement, isPersistent));
}

function make(
  builder: StreamsBuilder,
  from: unknown,
  other: unknown,
  statement: Exclude<Statement, { op: "split" }>,
  isPersistent: boolean,
): unknown {
  const options = optionsOf(statement);
  if (isJoin(statement)) return join(from, other, statement, options);
  if (isFold(statement)) return fold(from, other, statement, options);
  switch (statement.op) {
    case "stream":
      return call(from, "stream", statement.pattern === undefined ? statement.topics : new RegExp(statement.pattern), {
        ...options,
        ...serdesIn(statement),
      });
    case "table":
    case "globalTable":
      return call(from, statement.op, statement.topic, { ...options, ...serdesIn(statement) });
    case "globalStore": {
      const { store, name, topic } = statement;
      const kept = stores.keyValue({ name: store.name!, key: serdes.string, value: serdes.long, persistent: isPersistent });
      const given = { ...(name === undefined ? {} : { name }), ...serdesIn(statement) };
      return call(from, "addGlobalStore", kept, topic, given, () => new NumberKeeper(store.name!));
    }
    case "filter":
    case "filterNot":
      return call(from, statement.op, functions.predicates[statement.test], options);
    case "mapValues":
      return call(from, "mapValues", functions.valueFunctions[statement.value], {
        ...serdesIn({ ...(statement.result && { value: statement.result }) }),
        ...options,
      });
    case "transformValues": {
      const transform = functions.valueFunctions[statement.value];
      return call(from, "transformValues", () => ({ transform }), {
        ...serdesIn({ ...(statement.result && { value: statement.result }) }),
        ...options,
      });
    }
    case "map": {
      const key = functions.keyFunctions[statement.key];
      const value = functions.valueFunctions[statement.value];
      return call(from, "map", (v: functions.Datum, k: functions.Datum) => [key(v, k), value(v, k)], options);
    }
    case "selectKey":
      return call(from, "selectKey", functions.keyFunctions[statement.key], options);
    case "flatMap":
      return call(from, "flatMap", functions.flatFunctions[statement.flat], options);
    case "flatMapValues":
      return call(from, "flatMapValues", functions.flatValueFunctions[statement.flat], options);
    case "peek":
      return call(from, "peek", () => {}, options);
    case "foreach":
      return call(from, "forEach", () => {}, options);
    case "merge":
      return call(from, "merge", other, options);
    case "repartition":
      return call(from, "repartition", {
        ...options,
        ...serdesIn(statement),
        ...(statement.partitions === undefined ? {} : { partitions: statement.partitions }),
      });
    case "to":
      return call(from, "to", statement.topic, { ...options, ...serdesIn(statement) });
    case "toStream":
      return statement.key === undefined
        ? call(from, "toStream", options)
        : call(from, "toStream", functions.keyFunctions[statement.key], options);
    case "toTable":
      return call(from, "toTable", { ...options, ...serdesIn(statement) });
    case "process":
    case "processValues":
      return addProcessor(builder, from, statement, isPersistent);
  }
}

type Join = Extract<Statement, { readonly kind: JoinKind }>;
type Fold = Exclude<GroupStatement, Join>;

const foldOps: ReadonlySet<string> = new Set<Fold["op"]>([
  "groupByKey",
  "groupBy",
  "windowedBy",
  "count",
  "reduce",
  "aggregate",
  "cogroup",
  "andCogroup",
  "suppress",
]);
const isFold = (statement: Statement): statement is Fold => foldOps.has(statement.op);
const isJoin = (statement: Statement): statement is Join => "kind" in statement;

function fold(from: unknown, other: unknown, statement: Fold, options: object): unknown {
  switch (statement.op) {
    case "groupByKey":
      return call(from, "groupByKey", { ...options, ...serdesIn(statement) });
    case "groupBy":
      return groupBy(from, statement, options);
    case "windowedBy": {
      const windowed = call(from, "windowedBy", windowsOf(statement.window));
      return statement.emit === undefined ? windowed : call(windowed, "emit", statement.emit);
    }
    case "count":
      return call(from, "count", options);
    case "reduce": {
      const reducer = functions.reducers[statement.add];
      const given = statement.subtract === undefined ? reducer : { add: reducer, subtract: functions.reducers[statement.subtract] };
      return call(from, "reduce", given, options);
    }
    case "aggregate":
      return aggregate(from, statement, options);
    case "cogroup":
      return call(from, "cogroup", functions.aggregators[statement.add]);
    case "andCogroup":
      return call(from, "and", other, functions.aggregators[statement.add]);
    case "suppress": {
      const { until, maxRecords, maxBytes, whenFull } = statement;
      const bounds = {
        ...(maxRecords === undefined ? {} : { maxRecords }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
        ...(whenFull === undefined ? {} : { whenFull }),
      };
      return call(from, "suppress", {
        ...options,
        ...(until === "windowCloses" ? { until } : { until: "timeLimit", limitMs: until }),
        ...bounds,
      });
    }
  }
}

function groupBy(from: unknown, statement: Extract<Statement, { op: "groupBy" }>, options: object): unknown {
  const key = functions.keyFunctions[statement.map];
  const given = { ...options, ...serdesIn(statement) };
  // A grouped stream takes a new key; a grouped table a new key and a new value.
  if ((from as Verbs)["toStream"] === undefined) return call(from, "groupBy", key, given);
  const value = functions.valueFunctions[statement.mapValue ?? "same"];
  return call(from, "groupBy", (v: functions.Datum, k: functions.Datum) => [key(v, k), value(v, k)], given);
}

function windowsOf(window: WindowSpec): unknown {
  return window;
}

function aggregate(from: unknown, statement: Extract<Statement, { op: "aggregate" }>, options: object): unknown {
  const init = functions.initializers[statement.init];
  const add = statement.add === undefined ? undefined : functions.aggregators[statement.add];
  if (statement.subtract !== undefined)
    return call(from, "aggregate", { init, add, subtract: functions.aggregators[statement.subtract] }, options);
  const merge = statement.merge === undefined ? [] : [functions.mergers[statement.merge]];
  return call(from, "aggregate", init, ...(add === undefined ? [] : [add]), ...merge, options);
}

function join(from: unknown, other: unknown, statement: Join, options: object): unknown {
  const verb = { inner: "join", left: "leftJoin", outer: "outerJoin" }[statement.kind];
  const joiner = functions.joiners[statement.joiner];
  switch (statement.op) {
    case "joinStream": {
      const { storeName, window } = statement;
      return call(from, verb, other, joiner, {
        ...options,
        ...joinSerdes(statement),
        ...window,
        ...(storeName === undefined ? {} : { storeName }),
      });
    }
    case "joinTable":
      return call(from, verb, other, joiner, {
        ...options,
        ...joinSerdes(statement),
        ...(statement.result === undefined ? {} : serdesIn({ value: statement.result })),
        ...(statement.graceMs === undefined ? {} : { graceMs: statement.graceMs }),
      });
    case "joinGlobal":
      return call(from, `${verb}Global`, other, functions.keyFunctions[statement.map], joiner, options);
    case "joinOn":
      return call(from, `${verb}On`, other, functions.foreignKeys[statement.foreignKey], joiner, {
        ...options,
        ...(statement.partitioned === undefined ? {} : { partitioner: partitionByLength, otherPartitioner: partitionByLength }),
      });
  }
}

/** Throws where a value is given: the join does not know it. */
function partitionByLength(_topic: string, key: functions.Datum, value: unknown, partitions: number): number {
  if (value !== null) throw new TypeError("a table's partitioner was given a value");
  return functions.text(key).length % partitions;
}

function joinSerdes({
  otherValue,
  ...own
}: {
  readonly key?: SerdeName;
  readonly value?: SerdeName;
  readonly otherValue?: SerdeName;
}): object {
  return {
    ...serdesIn({ ...(own.key && { key: own.key }), ...(own.value && { value: own.value }) }),
    ...(otherValue && { otherValue: serdeOf(otherValue) }),
  };
}

function addProcessor(
  builder: StreamsBuilder,
  from: unknown,
  statement: Extract<Statement, { op: "process" | "processValues" }>,
  isPersistent: boolean,
): unknown {
  const { op, processor, store, name, globalStore, startMs } = statement;
  const storeName = store?.name;
  const read = storeName ?? globalStore;
  if (store !== undefined) {
    const { name: kept, logging, caching, entriesMax } = store;
    // What keeps so many entries only is in memory on both sides.
    const persistent = isPersistent && entriesMax === undefined;
    builder.addStateStore(
      stores.keyValue({ name: kept!, key: serdes.string, value: serdes.long, logging, caching, entriesMax, persistent }),
    );
  }
  const supplier = () => (op === "process" ? new CaseProcessor(processor, read, startMs) : new CaseFixedKeyProcessor(processor, read));
  return call(from, op, supplier, { ...(name === undefined ? {} : { name }), ...(storeName === undefined ? {} : { stores: [storeName] }) });
}

/** Java calls branches without a name by their place, the default one 0. */
function addSplit(made: Map<string, unknown>, statement: Extract<Statement, { op: "split" }>): void {
  const { branches, name } = statement;
  const labels = branches.map((branch, index) => branch.name ?? String(index + 1));
  const pairs = branches.map(({ test }, index) => [labels[index]!, functions.predicates[test]]);
  const other = statement.default === undefined ? undefined : (statement.default.name ?? "0");
  const options = { ...(name === undefined ? {} : { name }), ...(other === undefined ? {} : { default: other }) };
  const streams = call(made.get(statement.from), "split", pairs, options) as Readonly<Record<string, unknown>>;
  branches.forEach(({ id }, index) => made.set(id, streams[labels[index]!]));
  if (other !== undefined) made.set(statement.default!.id, streams[other]);
}
