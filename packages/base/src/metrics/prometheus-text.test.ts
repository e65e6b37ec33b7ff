import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../node/system-clock.ts";
import { labelText, type MetricFamily, singleSample } from "./metric-family.ts";
import { prometheusText } from "./prometheus-text.ts";

async function piecesOf(families: readonly MetricFamily[], clock = systemClock): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of prometheusText(clock, families)) pieces.push(piece);
  return pieces;
}

test("each family is headed by its help and type, and one without samples is left out", async () => {
  const families: MetricFamily[] = [
    singleSample({ name: "a_total", type: "counter", help: "How\nmany \\ of them." }, () => 3),
    singleSample({ name: "absent", type: "gauge", help: "Never." }, () => undefined),
    {
      name: "b_seconds",
      type: "histogram",
      help: "Times.",
      *collect(sink) {
        sink('{le="+Inf"}', 2, "_bucket");
        yield;
        sink("", 0.5, "_sum");
        yield;
      },
    },
    singleSample({ name: "odd", type: "gauge", help: "Odd." }, () => -Infinity),
  ];
  assert.deepEqual(await piecesOf(families), [
    `# HELP a_total How\\nmany \\\\ of them.
# TYPE a_total counter
a_total 3
# HELP b_seconds Times.
# TYPE b_seconds histogram
b_seconds_bucket{le="+Inf"} 2
b_seconds_sum 0.5
# HELP odd Odd.
# TYPE odd gauge
odd -Inf
`,
  ]);
});

test("label values may hold any character", () => {
  assert.equal(labelText({ group: 'a"b\\c\nd', partition: 7 }), '{group="a\\"b\\\\c\\nd",partition="7"}');
  assert.equal(labelText({}), "");
});

test("many samples come in pieces, and others have a turn between", async () => {
  let turns = 0;
  let nowMs = 0;
  const clock = {
    ...systemClock,
    monotonicMs: () => (nowMs += 1),
    nextTurn(run: () => void) {
      turns++;
      queueMicrotask(run);
    },
  };
  const many: MetricFamily = {
    name: "many",
    type: "gauge",
    help: "Many.",
    *collect(sink) {
      for (let i = 0; i < 20_000; i++) {
        sink(labelText({ i }), i);
        yield;
      }
    },
  };
  const pieces = await piecesOf([many], clock);
  assert.ok(pieces.length > 4 && pieces.every((piece) => piece.endsWith("\n")));
  assert.equal(pieces.join("").split("\n").length, 20_003);
  assert.ok(turns > 1000);
});
