import assert from "node:assert/strict";
import { test } from "node:test";
import { explainLag, type GroupSample, observe, reportLag, type SampledPartition } from "@ottla/expert";
import { findCommand, parseCommandLine } from "../../parse-command-line.ts";
import { commands } from "../index.ts";

/** What is advised for a group with one partition that was seen so for 20 s. */
function advice(state: string, partition: Partial<SampledPartition>): readonly string[] {
  const look = (timeMs: number): GroupSample => ({
    groupId: "billing",
    timeMs,
    state,
    members: state === "Empty" ? [] : [{ memberId: "m", clientId: "app", clientHost: "/127.0.0.1" }],
    partitions: [
      {
        topic: "orders",
        partition: 0,
        committed: 5,
        logStartOffset: 0,
        lastStableOffset: 9,
        highWatermark: 9,
        memberId: "m",
        ...partition,
      },
    ],
  });
  const observation = observe(observe(undefined, look(0)), look(20_000));
  return explainLag(observation, reportLag(observation)).causes.flatMap((cause) => cause.commands);
}

test("every command that is advised is one of ours, and its words parse", () => {
  const advised = [
    advice("Empty", {}),
    advice("Empty", { logStartOffset: 7 }),
    advice("PreparingRebalance", {}),
    advice("Stable", {}),
    advice("Stable", { memberId: undefined }),
    advice("Stable", { lastStableOffset: 5 }),
    advice("Stable", { highWatermark: undefined }),
  ].flat();
  assert.ok(advised.length >= 10);
  for (const line of advised) {
    const [program, ...words] = line.split(" ");
    assert.equal(program, "ottla");
    const found = findCommand(commands, words);
    assert.ok(found, line);
    assert.doesNotThrow(() => parseCommandLine(found.command, found.rest), line);
  }
});
