import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { StreamsBuilder, serdes, type Topology } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string } as const;
const YEARS_MS = 10 * 365 * 86_400_000;
const BACKOFF_MS = 100;

test("a clock that jumps by years, forward and back, ends no call early and keeps nothing waiting", async () => {
  await using kafka = await startKafka({
    topics: { lines: 1, others: 1, answers: 1, joined: 1 },
    settings: impatientSettings,
    deadlineMs: 20_000,
  });
  let jumpedMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + jumpedMs };
  let ticks = 0;
  const tries: string[] = [];
  const held = Promise.withResolvers<string>();
  const topology = (): Topology => {
    const b = new StreamsBuilder();
    const lines = b.stream("lines", texts);
    lines
      .mapAsync(
        async (line, _key, { attempt }) => {
          tries.push(`${line} ${attempt}`);
          if (line === "held") return held.promise;
          if (line === "again" && attempt === 1) throw new Error("not yet");
          return line;
        },
        { value: serdes.string, retries: 1, timeoutMs: 60_000, backoffMs: BACKOFF_MS },
      )
      .to("answers", texts);
    lines.process(() => ({
      init: (context) => void context.schedule(20, "wallClockTime", () => void ticks++),
      process() {},
    }));
    lines
      .leftJoin(b.stream("others", texts), (left, right) => `${left}+${right}`, {
        beforeMs: 10,
        afterMs: 10,
        graceMs: 0,
        otherValue: serdes.string,
      })
      .to("joined", texts);
    return b.build();
  };
  await using _ = await startInstance(kafka, topology(), { applicationId: "jumps" }, undefined, [], { clock });
  let timestamp = 1_000;
  const line = async (value: string) => kafka.topic("lines").produce([{ key: "k", value, timestamp: (timestamp += 1_000) }]);
  const written = async (topic: string) => (await kafka.topic(topic).records()).map(({ value }) => value);
  const isWritten = (topic: string, value: string) =>
    kafka.until(`${value} in ${topic}`, async () => (await written(topic)).includes(value));
  const ticksGoOn = async () => {
    const before = ticks;
    await kafka.until("punctuators are called", () => ticks > before + 5);
  };

  await line("held");
  await kafka.until("it calls", () => tries.length === 1);
  jumpedMs = YEARS_MS;
  await ticksGoOn();
  held.resolve("answered");
  await isWritten("answers", "answered");
  assert.deepEqual(tries, ["held 1"]);

  // With the second the window of the first is over: when that was looked for is in the years to come.
  await line("first");
  await isWritten("joined", "held+null");
  await line("again");
  await kafka.until("it has failed once", () => tries.includes("again 1"));
  jumpedMs = -YEARS_MS;
  await isWritten("answers", "again");
  await ticksGoOn();
  await line("last");
  await isWritten("joined", "again+null");
});
