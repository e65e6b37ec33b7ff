import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  makeCopartitionGroup,
  makeStreamsGroupTopologyValue,
  makeSubtopology,
  makeTopicInfo,
  type Subtopology,
} from "@ottla/protocol/data/streams-group-topology-value";
import { GroupFault } from "../../consumer/group-fault.ts";
import { SceneTopics } from "../../testing/group-scene.ts";
import { configureTopology } from "./configure-topology.ts";
import { checkTopology, isSameTopology } from "./topology.ts";

function topologyOf(...subtopologies: readonly Partial<Subtopology>[]) {
  return makeStreamsGroupTopologyValue({
    subtopologies: subtopologies.map((each, i) => makeSubtopology({ subtopologyId: String(i), ...each })),
  });
}

function topicsOf(counts: Readonly<Record<string, number>>): SceneTopics {
  const topics = new SceneTopics();
  for (const [name, count] of Object.entries(counts)) topics.put(name, count);
  return topics;
}

const topic = (name: string, partitions = 0) => makeTopicInfo({ name, partitions });
const joined = (sources: readonly number[], repartitions: readonly number[]) => [
  makeCopartitionGroup({ sourceTopics: sources, repartitionSourceTopics: repartitions }),
];

test("the application's own topics have as many partitions as what is written to them, over several steps", () => {
  const topology = topologyOf(
    { sourceTopics: ["a", "b"], repartitionSinkTopics: ["r"] },
    { repartitionSourceTopics: [topic("r")], repartitionSinkTopics: ["s"], stateChangelogTopics: [topic("c")] },
    { repartitionSourceTopics: [topic("s")], stateChangelogTopics: [topic("d")] },
  );
  const { toBeCreated, problem, subtopologies } = configureTopology(topology, topicsOf({ a: 2, b: 5 }));
  assert.deepEqual(
    toBeCreated.map(({ name, partitionCount }) => [name, partitionCount]),
    [
      ["r", 5],
      ["c", 5],
      ["s", 5],
      ["d", 5],
    ],
  );
  assert.equal(problem?.status, "MISSING_INTERNAL_TOPICS");
  assert.equal(problem.message, "Internal topics are missing: r, c, s and 1 additional topics");
  assert.deepEqual(
    Array.from(subtopologies.values(), ({ taskCount }) => taskCount),
    [5, 5, 5],
  );
});

test("a topology on topics that fit is ready", () => {
  const topology = topologyOf(
    { sourceTopics: ["a"], repartitionSinkTopics: ["r"] },
    { repartitionSourceTopics: [topic("r", 3)], stateChangelogTopics: [topic("c")] },
  );
  const { toBeCreated, problem, subtopologies } = configureTopology(topology, topicsOf({ a: 2, r: 3, c: 3 }));
  assert.deepEqual([toBeCreated, problem], [[], undefined]);
  assert.deepEqual(
    Array.from(subtopologies.values(), ({ taskCount, isStateful }) => [taskCount, isStateful]),
    [
      [2, false],
      [3, true],
    ],
  );
});

test("topics that do not fit are told of", () => {
  const cases: readonly [readonly Partial<Subtopology>[], Readonly<Record<string, number>>, string, RegExp][] = [
    [
      [{ sourceTopics: ["d", "a", "c", "b", "e"] }],
      { a: 1 },
      "MISSING_SOURCE_TOPICS",
      /^Source topics b, c, d and 1 additional topics are missing\.$/,
    ],
    [
      [{ sourceTopics: ["a", "b"], copartitionGroups: joined([0, 1], []) }],
      { a: 1, b: 2 },
      "INCORRECTLY_PARTITIONED_TOPICS",
      /^Following topics .* \[\{a=1, b=2\}\]$/,
    ],
    [
      [
        { sourceTopics: ["a"], repartitionSourceTopics: [topic("r", 3)], copartitionGroups: joined([0], [0]) },
        { sourceTopics: ["a"], repartitionSinkTopics: ["r"] },
      ],
      { a: 2 },
      "INCORRECTLY_PARTITIONED_TOPICS",
      /\[3\] of repartition topic \[r\] doesn't match number of partitions \[2\]/,
    ],
    [
      [{ sourceTopics: ["a"], stateChangelogTopics: [topic("c")] }],
      { a: 2, c: 3 },
      "INCORRECTLY_PARTITIONED_TOPICS",
      /^Existing topic c .* expected 2, found 3$/,
    ],
    [
      [
        {
          repartitionSourceTopics: [topic("r", 3), topic("s", 4)],
          repartitionSinkTopics: ["r", "s"],
          copartitionGroups: joined([], [0, 1]),
        },
      ],
      {},
      "INCORRECTLY_PARTITIONED_TOPICS",
      /\[\{r=3, s=4\}\]$/,
    ],
  ];
  for (const [subtopologies, counts, status, message] of cases) {
    const { problem, toBeCreated } = configureTopology(topologyOf(...subtopologies), topicsOf(counts));
    assert.equal(problem?.status, status);
    assert.match(problem.message, message);
    assert.deepEqual(toBeCreated, []);
  }
});

test("repartition topics that are joined get one number: the other topics', the fixed one, or the largest", () => {
  const sink = { sourceTopics: ["wide"], repartitionSinkTopics: ["r"] };
  const narrow = { sourceTopics: ["a"], repartitionSinkTopics: ["s"] };
  const countsOf = (subtopology: Partial<Subtopology>) => {
    const { toBeCreated } = configureTopology(topologyOf(subtopology, sink, narrow), topicsOf({ a: 2, wide: 7 }));
    return Object.fromEntries(toBeCreated.map(({ name, partitionCount }) => [name, partitionCount]));
  };
  assert.deepEqual(
    countsOf({ sourceTopics: ["a"], repartitionSourceTopics: [topic("r"), topic("s")], copartitionGroups: joined([0], [0, 1]) }),
    { r: 2, s: 2 },
  );
  assert.deepEqual(countsOf({ repartitionSourceTopics: [topic("r", 4), topic("s")], copartitionGroups: joined([], [0, 1]) }), {
    r: 4,
    s: 4,
  });
  assert.deepEqual(countsOf({ repartitionSourceTopics: [topic("r"), topic("s")], copartitionGroups: joined([], [0, 1]) }), { r: 7, s: 7 });
});

test("a topology that can never run is refused", () => {
  const refused = (run: () => void, message: RegExp) =>
    assert.throws(
      run,
      (error: unknown) =>
        error instanceof GroupFault && error.errorCode === ErrorCode.STREAMS_INVALID_TOPOLOGY && message.test(error.message),
    );
  const topics = topicsOf({ a: 1 });
  refused(() => configureTopology(topologyOf({ repartitionSourceTopics: [topic("r")] }), topics), /never used as a sink topic/);
  refused(() => configureTopology(topologyOf({ repartitionSourceTopics: [topic("r")], repartitionSinkTopics: ["r"] }), topics), /loops/);
  refused(() => configureTopology(topologyOf({}), topics), /^No source topics found for subtopology 0$/);
  refused(() => checkTopology(makeStreamsGroupTopologyValue({ epoch: -1 })), /negative/);
  refused(() => checkTopology(topologyOf({}, { subtopologyId: "0" })), /given twice/);
  refused(
    () => checkTopology(topologyOf({ stateChangelogTopics: [topic("c", 2)] })),
    /^Changelog topic c must have an undefined partition count, but it is set to 2\.$/,
  );
  refused(() => checkTopology(topologyOf({ repartitionSourceTopics: [topic("r", -1)] })), /cannot have -1/);
  refused(() => checkTopology(topologyOf({ sourceTopics: ["a"], copartitionGroups: joined([1], []) })), /does not have/);
  refused(() => checkTopology(topologyOf({ copartitionGroups: joined([], [0]) })), /does not have/);
});

test("topologies are the same in whatever order their parts are listed", () => {
  const one = topologyOf({ sourceTopics: ["a"] }, { sourceTopics: ["b"] });
  assert.ok(isSameTopology(one, { ...one, subtopologies: [...one.subtopologies].reverse() }));
  assert.ok(!isSameTopology(one, topologyOf({ sourceTopics: ["a"] })));
  assert.ok(!isSameTopology(one, { ...one, epoch: 1 }));
});
