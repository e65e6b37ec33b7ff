import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "@ottla/base";
import { serdes } from "../serdes/serdes.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { streams, type StreamsApplication } from "./application.ts";
import { resolveOptions } from "./options/resolve-options.ts";

const refused = { code: "STREAMS_BAD_ARGUMENT" };

function application(logger?: Logger): StreamsApplication {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string }).to("out");
  return streams(b.build(), { applicationId: "a", bootstrapServers: "127.0.0.1:1" }, logger === undefined ? {} : { logger });
}

test("a listener that throws harms nobody: the others are told, and the application closes", async () => {
  const errors: string[] = [];
  const log = () => {};
  const app = application({
    debug: log,
    info: log,
    warn: log,
    error: (message, fields) => void errors.push(`${message} ${fields?.["error"]}`),
  });
  const told: string[] = [];
  app.onState(() => {
    throw new Error("it has its day");
  });
  app.onState((to) => void told.push(to));
  await app.close();
  assert.equal(app.state, "NOT_RUNNING");
  assert.deepEqual(told, ["PENDING_SHUTDOWN", "NOT_RUNNING"]);
  assert.deepEqual(errors, ["a listener threw it has its day", "a listener threw it has its day"]);
});

test("each listener is told of states in their order, though one of them makes the next", async () => {
  const app = application();
  const told: string[] = [];
  app.onState((to) => {
    if (to === "REBALANCING") void app.close();
  });
  app.onState((to, from) => void told.push(`${from} ${to}`));
  await assert.rejects(app.start(), { code: "STREAMS_CLOSED" });
  await app.close();
  assert.deepEqual(told, ["CREATED REBALANCING", "REBALANCING PENDING_SHUTDOWN", "PENDING_SHUTDOWN NOT_RUNNING"]);
});

test("what is no listener, and options of an end that cannot be, are refused before anything is done", async () => {
  const app = application();
  for (const add of ["onState", "onRestore", "onStandby"] as const)
    for (const nonsense of [undefined, null, "x", {}]) assert.throws(() => app[add](nonsense as never), refused);
  for (const nonsense of [null, 5, { timeoutMs: Number.NaN }, { timeoutMs: -1 }, { timeoutMs: "1" }, { leaveGroup: "no" }])
    await assert.rejects(app.close(nonsense as never), refused);
  assert.equal(app.state, "CREATED");
  await app.close({ timeoutMs: Number.POSITIVE_INFINITY });
});

test("handlers by a name that nobody asks, and signals that nobody hears, are refused", () => {
  const given = { applicationId: "a", bootstrapServers: "x:1" };
  assert.throws(() => resolveOptions({ ...given, onError: { proces: "continue" } as never }), {
    ...refused,
    message: /onError\.proces .*process/,
  });
  for (const signal of ["SIGKILL", "SIGSTOP", "toString"])
    assert.throws(() => resolveOptions({ ...given, closeOnSignals: [signal as never] }), refused);
});
