import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import type { StreamsGroupNews } from "@ottla/client";
import { GroupStatuses } from "./group-statuses.ts";

const news = (...names: StreamsGroupNews["statuses"][number]["name"][]): StreamsGroupNews => ({
  statuses: names.map((name) => ({ name, detail: `why ${name}` })),
  endpoints: undefined,
  heartbeatIntervalMs: 5_000,
});

test("what ends a member at once, what may pass, and what it goes on with", () => {
  const of = () => new GroupStatuses("app", silentLogger);
  assert.equal(
    of().failureIn(news("STALE_TOPOLOGY", "MISSING_INTERNAL_TOPICS", "ASSIGNMENT_DELAYED", "MISSING_CLIENT_TAGS", "UNKNOWN_9"), 0),
    undefined,
  );
  assert.equal(of().failureIn(news("SHUTDOWN_APPLICATION"), 0)?.code, "STREAMS_SHUTDOWN");
  const unequal = of().failureIn(news("INCORRECTLY_PARTITIONED_TOPICS"), 0);
  assert.deepEqual([unequal?.code, unequal?.message.includes("why INCORRECTLY")], ["STREAMS_CO_PARTITIONING", true]);
});

test("a source topic may be missing for two heartbeats, counted anew when it was there", () => {
  const statuses = new GroupStatuses("app", silentLogger);
  assert.equal(statuses.failureIn(news("MISSING_SOURCE_TOPICS"), 1_000), undefined);
  assert.equal(statuses.failureIn(news(), 9_000), undefined);
  assert.equal(statuses.failureIn(news("MISSING_SOURCE_TOPICS"), 12_000), undefined);
  assert.equal(statuses.failureIn(news("MISSING_SOURCE_TOPICS"), 21_999), undefined);
  assert.equal(statuses.failureIn(news("MISSING_SOURCE_TOPICS"), 22_000)?.code, "STREAMS_UNKNOWN_TOPIC");
});

test("each state of the group is said once", () => {
  const said: string[] = [];
  const statuses = new GroupStatuses("app", {
    ...silentLogger,
    warn: (message, fields) => void said.push(`${message}: ${String(fields?.["statuses"])}`),
  });
  for (let i = 0; i < 3; i++) statuses.failureIn(news("MISSING_INTERNAL_TOPICS"), i);
  statuses.failureIn(news(), 4);
  assert.deepEqual(said, ["the group is not as it should be: MISSING_INTERNAL_TOPICS: why MISSING_INTERNAL_TOPICS"]);
});
