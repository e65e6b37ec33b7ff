import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { PunctuationType } from "../processor/processor.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

/** A driver whose processor schedules at each record: the value says from when on. Calls are told by their time. */
function scheduling(type: PunctuationType, called: number[]): TopologyTestDriver {
  const b = new StreamsBuilder();
  b.stream("in", texts).process(() => {
    let schedule: (startMs: number) => void;
    return {
      init(context) {
        schedule = (startMs) => context.schedule(10, type, (timestampMs) => called.push(timestampMs), startMs);
      },
      process: ({ value }) => schedule(Number(value)),
    };
  });
  return new TopologyTestDriver(b.build(), { initialWallClockMs: 100 });
}

test("a punctuator of the machine's clock that starts at a time is due then and at multiples of its interval after it", () => {
  const called: number[] = [];
  using driver = scheduling("wallClockTime", called);
  driver.inputTopic("in", texts).pipeInput("k", "103", 0);
  for (let ms = 101; ms <= 125; ms++) driver.advanceWallClockTime(1);
  assert.deepEqual(called, [103, 113, 123]);
});

test("a start in the past is no call, and says which multiples are due", () => {
  const called: number[] = [];
  using driver = scheduling("wallClockTime", called);
  driver.inputTopic("in", texts).pipeInput("k", "75", 0);
  for (let ms = 101; ms <= 120; ms++) driver.advanceWallClockTime(1);
  assert.deepEqual(called, [105, 115]);
});

test("a punctuator of stream time that starts later is not called by the first record, nor twice by a jump", () => {
  const called: number[] = [];
  using driver = scheduling("streamTime", called);
  const input = driver.inputTopic("in", texts);
  input.pipeInput("k", "1025", 1_000);
  assert.deepEqual(called, []);
  const never = String(Number.MAX_SAFE_INTEGER);
  for (const time of [1_024, 1_025, 1_034, 1_060, 1_064, 1_065]) input.pipeInput("k", never, time);
  assert.deepEqual(called, [1_025, 1_060, 1_065]);
});

test("a start that is no time is refused", () => {
  for (const start of ["-1", "0.5", "x"]) {
    using driver = scheduling("streamTime", []);
    assert.throws(() => driver.inputTopic("in", texts).pipeInput("k", start, 0), { message: /a whole number of milliseconds since 1970/ });
  }
});
