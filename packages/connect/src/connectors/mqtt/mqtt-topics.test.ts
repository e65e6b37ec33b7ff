import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFilter, TopicMapping } from "./mqtt-topics.ts";

test("the first filter that takes a topic names the Kafka topic, by what its wildcards stand for", () => {
  const mapping = new TopicMapping(["a/+/c=mid.$1", "+/x/#=$1.$2", "#=all"], "otherwise");
  const mapped = (topics: readonly string[]): string[] => topics.map((topic) => mapping.kafkaTopic(topic));
  assert.deepEqual(mapped(["a/b/c", "a/ü ß/c", "q/x", "q/x/y/z", "a/b/c/d", "$SYS/load", "a//c"]), [
    "mid.b",
    "mid._ _".replace(" ", "_"),
    "q.",
    "q.y.z",
    "all",
    "otherwise",
    "mid.",
  ]);
  const bare = new TopicMapping(["+=$1", "long/+=$1"], "o");
  assert.deepEqual(
    [".", "..", "", `long/${"x".repeat(500)}`].map((topic) => bare.kafkaTopic(topic)),
    ["_", "_", "_", "x".repeat(249)],
  );
});

test("what is no filter and no mapping is refused by name", () => {
  for (const filter of ["a", "+", "#", "a/+/b", "a/#", "/", "+/+"]) checkFilter(filter, "mqtt.topics");
  for (const filter of ["", "a+", "a/#/b", "#/a", "a#", "x\0"])
    assert.throws(() => checkFilter(filter, "mqtt.topics"), /mqtt\.topics: ".*" is no topic filter/s);
  assert.throws(() => checkFilter("$share/g/a", "mqtt.topics"), /mqtt\.shared\.group/);
  assert.throws(() => new TopicMapping(["a/+"], "o"), /"a\/\+" is not filter=topic/);
  assert.throws(() => new TopicMapping(["a/+=x$2"], "o"), /\$2 of "a\/\+=x\$2" stands for no wildcard; there are 1/);
});
