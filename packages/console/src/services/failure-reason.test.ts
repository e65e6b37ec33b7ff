import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReason } from "./failure-reason.ts";
import { samplesIn } from "./prometheus-samples.ts";

test("of a trace the sentence that says most is told: ours with its place, the deepest cause of Apache Connect's", () => {
  const ours = `ConnectError [CONNECT_DATA]: Connector "lake, new", task 2, TRANSFORMATION "mask", topic orders, partition 3, offset 12, field after.price: 'a: b' is no number.\n    at x (y.ts:1:2)\nCaused by: Error: inner`;
  assert.deepEqual(failureReason(ours), {
    what: "'a: b' is no number.",
    task: "2",
    stage: 'TRANSFORMATION "mask"',
    topic: "orders",
    partition: "3",
    offset: "12",
    field: "after.price",
  });
  const java = [
    "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler",
    "\tat org.apache.kafka.connect.runtime.errors.RetryWithToleranceOperator.execAndHandleError(X.java:1)",
    "Caused by: org.apache.kafka.connect.errors.DataException: Converting byte[] to Kafka Connect data failed",
    "\t... 14 more",
    "Caused by: com.fasterxml.jackson.core.JsonParseException: Unrecognized token 'no'",
  ].join("\n");
  assert.deepEqual(failureReason(java), { what: "Unrecognized token 'no'" });
  assert.deepEqual(failureReason("KafkaError [TOPIC_AUTHORIZATION_FAILED]: Nobody may."), { what: "Nobody may." });
  assert.deepEqual(failureReason(""), { what: "" });
});

test("samples of a metrics page are those whose labels are wanted", () => {
  const page =
    '# HELP a b\na{connector="x",task="0"} 3\na{connector="y"} 4\nb{connector="x",text="q\\"\\n"} NaN\nc{connector="x",text="q\\"s"} 1e3\n';
  assert.deepEqual(
    samplesIn(page, ({ connector }) => connector === "x", 10),
    [
      { name: "a", labels: { connector: "x", task: "0" }, value: 3 },
      { name: "c", labels: { connector: "x", text: 'q"s' }, value: 1000 },
    ],
  );
});
