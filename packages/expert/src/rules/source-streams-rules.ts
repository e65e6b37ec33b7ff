import { type CallCode, type Code } from "../source/code/code.ts";
import { calledName, isWithin, pathOf, walk } from "../source/code/source-code.ts";
import { callsIn } from "../source/model/context.ts";
import { factsOf } from "../source/project/facts.ts";
import type { Program } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

const TOPOLOGY = `import org.apache.kafka.streams.StreamsBuilder;\nimport org.apache.kafka.streams.kstream.*;\nclass Flow {\n  void build(StreamsBuilder builder) {\n    KStream<String, Order> orders = builder.stream("orders");\n`;
const END = "\n  }\n}";
const java = (body: string, hits: number): { language: "java"; code: string; hits: number } => ({
  language: "java",
  code: `${TOPOLOGY}    ${body}${END}`,
  hits,
});
const kotlin = (body: string, hits: number): { language: "kotlin"; code: string; hits: number } => ({
  language: "kotlin",
  code: `import org.apache.kafka.streams.StreamsBuilder\nimport org.apache.kafka.streams.kstream.*\nfun build(builder: StreamsBuilder) {\n  val orders = builder.stream<String, Order>("orders")\n  ${body}\n}`,
  hits,
});

/** Rules over what the DSL of Kafka Streams is told. */
export const sourceStreamsRules: readonly SourceRule[] = [
  {
    id: "STR-02",
    name: "unnamed-store",
    severity: "warning",
    confidence: "high",
    condition: "an aggregation has no name for its store, or a query asks for a store that no step of the file, or of the project, names",
    why: "A generated name changes with every step that is added before it, and the state is orphaned; a query for another name finds nothing.",
    fix: 'Name the store: Materialized.as("order-totals").',
    source: "Apache Kafka documentation, Streams, naming operators",
    check: unnamedStores,
    examples: [
      java("orders.groupByKey().reduce((old, now) -> now);", 1),
      java('orders.groupByKey().reduce((old, now) -> now, Materialized.as("states"));', 0),
      java(
        'orders.groupByKey().count(Materialized.as("counts"));\n    streams.store(StoreQueryParameters.fromNameAndType("totals", QueryableStoreTypes.keyValueStore()));',
        1,
      ),
      java(
        'orders.groupByKey().count(Materialized.as("counts"));\n    streams.store(StoreQueryParameters.fromNameAndType("counts", QueryableStoreTypes.keyValueStore()));',
        0,
      ),
      kotlin("orders.groupByKey().count()", 1),
      kotlin('orders.groupByKey().count(Materialized.`as`("counts"))', 0),
    ],
  },
  {
    id: "STR-03",
    name: "join-grace",
    severity: "warning",
    confidence: "high",
    condition: "JoinWindows.of is used",
    why: "It is deprecated, and waits 24 hours for records that come late: the store holds a day.",
    fix: "Say how long to wait: JoinWindows.ofTimeDifferenceAndGrace(difference, grace), or ofTimeDifferenceWithNoGrace.",
    source: "KIP-633",
    check: (program) =>
      streamsCalls(program, "of").flatMap((call) =>
        ownerName(call) === "JoinWindows"
          ? [
              {
                at: call,
                message: "This window waits 24 hours for late records.",
              },
            ]
          : [],
      ),
    examples: [
      java("orders.join(payments, joiner, JoinWindows.of(Duration.ofMinutes(5)));", 1),
      java("orders.join(payments, joiner, JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMinutes(5)));", 0),
      kotlin("orders.join(payments, joiner, JoinWindows.of(Duration.ofMinutes(5)))", 1),
    ],
  },
  {
    id: "STR-04",
    name: "removed-dsl",
    severity: "error",
    confidence: "high",
    condition: "through, branch, transform, transformValues, flatTransform, TimeWindows.of or SessionWindows.with is called",
    why: "Kafka Streams 4.0 has them no more; the program does not compile against it.",
    fix: "repartition() for through, split() for branch, process() or processValues() for transform, ofSizeAndGrace for TimeWindows.of.",
    source: "Apache Kafka 4.0, upgrade guide of Streams",
    check: (program) => streamsCalls(program).flatMap((call) => removed(call, program)),
    examples: [
      java('orders.through("again").to("out");', 1),
      java('orders.groupByKey().windowedBy(TimeWindows.of(Duration.ofMinutes(1))).count(Materialized.as("c"));', 1),
      java('orders.split().branch((k, v) -> v.isBig(), Branched.as("big"));', 0),
      java("orders.branch((k, v) -> v.isBig());", 1),
      kotlin('orders.transform({ Deduplicate() }, "store")', 1),
      kotlin('orders.repartition().to("out")', 0),
    ],
  },
  {
    id: "STR-10",
    name: "suppress-unbounded",
    severity: "warning",
    confidence: "high",
    condition: "suppress has a buffer without bound",
    why: "All that is held back lies in memory: a burst of keys ends the process.",
    fix: "BufferConfig.maxBytes(n).shutDownWhenFull(), or emitEarlyWhenFull() where an early answer will do.",
    source: "Apache Kafka documentation, Streams, suppress",
    check: (program) =>
      streamsCalls(program, "unbounded")
        .filter((call) => ownerName(call) === "BufferConfig")
        .map((call) => ({ at: call, message: "What is held back here has no bound." })),
    examples: [
      java("totals.suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()));", 1),
      java("totals.suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.maxBytes(n).shutDownWhenFull()));", 0),
    ],
  },
  {
    id: "STR-11",
    name: "wallclock-windows",
    severity: "warning",
    confidence: "medium",
    condition: "records are put into windows, and WallclockTimestampExtractor says when they happened",
    why: "A window then holds what arrived together, and not what happened together: after a pause, or when a topic is read again, all falls into one window.",
    fix: "Take the time out of the record: the default extractor does, and one of your own can.",
    source: "Apache Kafka documentation, Streams timestamp extractors",
    check: (program) => {
      const facts = factsOf(program.code, program.constants);
      if (program.isTest || !(facts.has("windows") || program.around.has("windows"))) return [];
      const named = [...walk(program.code.root)].find(
        (code) => code.kind === "name" && code.name === "WallclockTimestampExtractor" && code.parent?.kind !== "class",
      );
      return named ? [{ at: named, message: "Windows go by when a record arrives, not by when it happened." }] : [];
    },
    examples: [
      java(
        'settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, WallclockTimestampExtractor.class);\n    orders.groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(size)).count(Materialized.as("counts"));',
        1,
      ),
      java(
        'settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, WallclockTimestampExtractor.class);\n    orders.groupByKey().count(Materialized.as("counts"));',
        0,
      ),
      java(
        'settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, PlacedAtExtractor.class);\n    orders.groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(size)).count(Materialized.as("counts"));',
        0,
      ),
      kotlin(
        'val visits = builder.stream("visits", Consumed.with(keys, values).withTimestampExtractor(WallclockTimestampExtractor()))\n  visits.groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(size)).count(Materialized.`as`("counts"))',
        1,
      ),
      {
        ...java('settings.put("default.timestamp.extractor", WallclockTimestampExtractor.class);\n    Counts.build(builder);', 1),
        path: "shop/Flow.java",
        beside: {
          "shop/Counts.java":
            'package shop;\nimport org.apache.kafka.streams.StreamsBuilder;\nclass Counts {\n  static void build(StreamsBuilder builder) {\n    builder.stream("orders").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(size)).count(Materialized.as("counts"));\n  }\n}\n',
        },
      },
    ],
  },
  {
    id: "STR-12",
    name: "nondeterministic",
    severity: "error",
    confidence: "medium",
    condition: "an aggregator, reducer or joiner uses the clock or chance",
    why: "What is worked off again after a crash gives another state.",
    fix: "Take it from the record: its timestamp, its key.",
    source: "Apache Kafka documentation, Streams, processing guarantees",
    check: (program) =>
      streamsCalls(program).flatMap((call) => {
        if (!/^(aggregate|reduce|join|leftJoin|outerJoin|cogroup)$/.test(calledName(call.callee) ?? "")) return [];
        return call.args
          .filter(({ kind }) => kind === "function")
          .flatMap((lambda) => callsIn(lambda).filter(isChance))
          .map((each) => ({ at: each, message: "The state depends on when, or by what luck, the record is worked off." }));
      }),
    examples: [
      java(
        'orders.groupByKey().aggregate(Total::new, (key, order, total) -> total.at(System.currentTimeMillis()), Materialized.as("t"));',
        1,
      ),
      java('orders.groupByKey().aggregate(Total::new, (key, order, total) -> total.at(order.timestamp()), Materialized.as("t"));', 0),
      java("orders.mapValues(order -> order.seenAt(System.currentTimeMillis()));", 0),
    ],
  },
  {
    id: "STR-13",
    name: "double-repartition",
    severity: "warning",
    confidence: "high",
    condition: "a stream is repartitioned twice in a row",
    why: "Every record is written and read once more for nothing.",
    fix: "Change the key once, and group by it.",
    source: "Apache Kafka documentation, Streams, repartition",
    check: (program) =>
      streamsCalls(program).flatMap((call) => {
        if (!/^(repartition|groupBy)$/.test(calledName(call.callee) ?? "") || call.callee.kind !== "member") return [];
        let before: Code = call.callee.object;
        while (
          before.kind === "call" &&
          /^(filter|mapValues|peek|filterNot|flatMapValues)$/.test(calledName(before.callee) ?? "") &&
          before.callee.kind === "member"
        )
          before = before.callee.object;
        return before.kind === "call" && calledName(before.callee) === "repartition"
          ? [{ at: call, message: "What was just repartitioned is repartitioned again." }]
          : [];
      }),
    examples: [
      java('orders.repartition().mapValues(order -> order.total()).groupBy((key, value) -> value.shop()).count(Materialized.as("c"));', 1),
      java('orders.repartition().groupByKey().count(Materialized.as("c"));', 0),
    ],
  },
  {
    id: "STR-14",
    name: "app-id",
    severity: "error",
    confidence: "high",
    condition: "application.id is made of the clock or of chance",
    why: "State, internal topics and offsets hang on it: each start begins from nothing, and leaves its topics behind.",
    fix: "A constant.",
    source: "Apache Kafka documentation, Streams configs, application.id",
    check: (program) =>
      program.constants.calls.flatMap((call) => {
        const [key, value] = call.args;
        if (!key || !value || call.args.length !== 2 || program.constants.value(key) !== "application.id") return [];
        const isRandom = [...walk(value)].some((each) => each.kind === "call" && isChance(each));
        return isRandom ? [{ at: call, message: "Every start is another application." }] : [];
      }),
    examples: [
      java('settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "orders-" + UUID.randomUUID());', 1),
      java('settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "orders-" + stage);', 0),
    ],
  },
  {
    id: "STR-15",
    name: "no-test",
    severity: "warning",
    confidence: "medium",
    condition: "a project with tests builds a topology, and none of its files uses TopologyTestDriver",
    why: "What a topology does with late, missing and repeated records is found out in production; the driver runs it in milliseconds, without a broker.",
    fix: "Build the topology in a function, and drive it with TopologyTestDriver of kafka-streams-test-utils.",
    source: "Apache Kafka documentation, testing a Streams application",
    check: (program) => {
      const { projectHas } = program.around;
      if (!projectHas || program.isTest || !projectHas("tests") || projectHas("topologyTest")) return [];
      const step = streamsCalls(program).find(({ callee }) => /^(stream|table|globalTable)$/.test(calledName(callee) ?? ""));
      return step && factsOf(program.code, program.constants).has("topology")
        ? [{ at: step, message: "This topology is built, and no test of the project drives it." }]
        : [];
    },
    examples: [
      {
        ...java('orders.to("copies");', 1),
        path: "src/main/java/shop/Flow.java",
        beside: { "src/test/java/shop/PriceTest.java": "package shop;\nclass PriceTest {}\n" },
      },
      {
        ...java('orders.to("copies");', 0),
        path: "src/main/java/shop/Flow.java",
        beside: {
          "src/test/java/shop/FlowTest.java":
            "package shop;\nimport org.apache.kafka.streams.TopologyTestDriver;\nclass FlowTest { TopologyTestDriver driver; }\n",
        },
      },
      { ...java('orders.to("copies");', 0), path: "src/main/java/shop/Flow.java" },
    ],
  },
];

/** Calls of a file that takes Kafka Streams. */
function streamsCalls(program: Program, name?: string): readonly CallCode[] {
  const { language, imports } = program.code;
  if (language !== "java" && language !== "kotlin") return [];
  const isStreams =
    imports.length === 0
      ? program.constants.calls.some(({ callee }) => calledName(callee) === "StreamsBuilder")
      : imports.some(({ module }) => module.startsWith("org.apache.kafka.streams"));
  if (!isStreams) return [];
  return name === undefined ? program.constants.calls : program.constants.calls.filter(({ callee }) => calledName(callee) === name);
}

function ownerName({ callee }: CallCode): string | undefined {
  const path = callee.kind === "member" ? pathOf(callee.object) : undefined;
  return path?.slice(path.lastIndexOf(".") + 1);
}

function isChance({ callee }: CallCode): boolean {
  const path = pathOf(callee) ?? "";
  return /(^|\.)(System\.(currentTimeMillis|nanoTime)|UUID\.randomUUID|Math\.random|Instant\.now|LocalDateTime\.now|ThreadLocalRandom\.current|Random\.next\w+)$/.test(
    path,
  );
}

function unnamedStores(program: Program): readonly SourceHit[] {
  const calls = streamsCalls(program);
  const hits: SourceHit[] = [];
  const names = new Set(
    calls
      .filter(({ callee }) => /^`?as`?$|^(persistent|inMemory|lru)\w*(Store|Map)\w*$/.test(calledName(callee) ?? ""))
      .flatMap(({ args }) => (args[0] ? (program.constants.value(args[0]) ?? "*") : [])),
  );
  for (const call of calls) {
    const name = calledName(call.callee) ?? "";
    if (
      /^(aggregate|reduce|count)$/.test(name) &&
      call.callee.kind === "member" &&
      isGrouped(call.callee.object, program) &&
      !call.args.some((arg) => namesStore(arg, program))
    )
      hits.push({ at: call, message: `The store of ${name} has a name that is generated from its place among the steps.` });
    if (/^fromNameAndType$/.test(name) && call.args[0]) {
      const wanted = program.constants.value(call.args[0]);
      // Stores of another file are not seen here; one topology in this file is.
      const isBuiltHere = calls.some(({ callee }) => calledName(callee) === "stream" || calledName(callee) === "table");
      const isSomewhere = program.around.projectHas?.("topology") === true;
      if (wanted === undefined || names.has(wanted) || names.has("*") || program.around.projectHas?.(`store ${wanted}`)) continue;
      if (isBuiltHere || isSomewhere)
        hits.push({
          at: call,
          severity: "error",
          message: `No step of this ${isSomewhere ? "project" : "file"} names a store ${wanted}.`,
          ...(!isBuiltHere && { confidence: "needs context" as const }),
        });
    }
  }
  return hits;
}

/** Whether a chain comes from a grouping: `reduce` of a list is none of ours. */
function isGrouped(code: Code, program: Program): boolean {
  for (
    let each = program.constants.resolve(code);
    each.kind === "call" && each.callee.kind === "member";
    each = program.constants.resolve(each.callee.object)
  )
    if (/^(groupByKey|groupBy|windowedBy|cogroup)$/.test(each.callee.name)) return true;
  return false;
}

function namesStore(arg: Code, program: Program): boolean {
  const found = program.constants.resolve(arg);
  if (found.kind === "name" || found.kind === "member") return true;
  return [...walk(found)].some(
    (each) =>
      each.kind === "call" && (/^`?as`?$/.test(calledName(each.callee) ?? "") || /Store|^named$/i.test(calledName(each.callee) ?? "")),
  );
}

const REMOVED: Readonly<Record<string, string>> = {
  through: "repartition()",
  branch: "split()",
  transform: "process()",
  transformValues: "processValues()",
  flatTransform: "process()",
  flatTransformValues: "processValues()",
};

function removed(call: CallCode, program: Program): readonly SourceHit[] {
  const name = calledName(call.callee) ?? "";
  if (ownerName(call) === "TimeWindows" && name === "of")
    return [{ at: call, message: "TimeWindows.of is gone in 4.0: say how long to wait, by ofSizeAndGrace or ofSizeWithNoGrace." }];
  if (ownerName(call) === "SessionWindows" && name === "with")
    return [{ at: call, message: "SessionWindows.with is gone in 4.0: say how long to wait, by ofInactivityGapAndGrace." }];
  const now = Object.hasOwn(REMOVED, name) ? REMOVED[name] : undefined;
  if (now === undefined || call.callee.kind !== "member" || !isStream(call.callee.object, program)) return [];
  return [{ at: call, message: `${name} is gone in 4.0: use ${now}.` }];
}

/** Whether a chain begins at a builder's stream, and has not been split. */
function isStream(code: Code, program: Program): boolean {
  for (
    let each = program.constants.resolve(code);
    each.kind === "call" && each.callee.kind === "member";
    each = program.constants.resolve(each.callee.object)
  ) {
    if (/^(split|branch)$/.test(each.callee.name)) return false;
    if (/^(stream|table|toStream|globalTable)$/.test(each.callee.name)) return true;
  }
  const path = pathOf(code);
  return (
    path !== undefined &&
    [...walk(program.code.root)].some(
      (each) =>
        each.kind === "function" &&
        isWithin(code, each) &&
        each.parameters.some(({ names, type }) => names.includes(path) && /KStream|KTable/.test(type ?? "")),
    )
  );
}
