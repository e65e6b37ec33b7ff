import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditLogin } from "@ottla/base";
import { type Closeness, type Happening, RepeatWindow, TOLD_MAX, TOLD_PER_CLIENT_MAX } from "./repeat-window.ts";

function scene() {
  const told: AuditLogin[] = [];
  const window = new RepeatWindow(({ body }) => void (body.kind === "login" && told.push(body)));
  let connection = 0;
  const happen = (client: string, which: string, nowMs = 0): void => {
    const happening: Happening = {
      client,
      what: "a thing",
      which,
      node: 1,
      connection: ++connection,
      correlation: 0,
      describe: (closeness: Closeness) => ({
        kind: "login",
        outcome: "failed",
        client: { host: closeness === "of-kind" ? "*" : client, listener: "L", connection },
        mechanism: closeness === "whole" ? which : "",
      }),
    };
    window.note(happening, nowMs);
  };
  const counts = (): number => told.reduce((sum, { count = 1 }) => sum + count, 0);
  return { told, window, happen, counts };
}

test("the first is told at once, repeats with their count at the end of the window, and then no more", () => {
  const { told, window, happen } = scene();
  for (let at = 0; at < 1000; at++) happen("a", "x", at);
  assert.equal(told.length, 1);
  window.end(10_000);
  assert.deepEqual(told[1], {
    ...told[0],
    client: { host: "a", listener: "L", connection: 1000 },
    count: 999,
    since: "1970-01-01T00:00:00.001Z",
  });
  assert.equal(window.isEmpty, false);
  window.end(20_000);
  assert.deepEqual([told.length, window.isEmpty], [2, true]);
  happen("a", "x", 30_000);
  assert.equal(told.length, 3);
});

test("who does very many different things is told with less detail, and each is counted", () => {
  const { told, window, happen, counts } = scene();
  for (let at = 0; at < 10_000; at++) happen("noisy", `name ${at}`);
  happen("quiet", "x");
  assert.deepEqual([told.length, told.at(-1)!.mechanism], [TOLD_PER_CLIENT_MAX + 2, "x"]);
  window.end(1);
  assert.deepEqual([told.length, counts(), told.at(-1)!.count], [TOLD_PER_CLIENT_MAX + 3, 10_001, 10_000 - TOLD_PER_CLIENT_MAX - 1]);
});

test("very many clients are told as one beyond the bound", () => {
  const { told, window, happen, counts } = scene();
  for (let at = 0; at < 3 * TOLD_MAX; at++) happen(`client ${at}`, "x");
  assert.deepEqual([told.length, told.at(-1)!.client.host], [TOLD_MAX + 1, "*"]);
  window.end(1);
  assert.equal(counts(), 3 * TOLD_MAX);
  window.end(2);
  assert.equal(window.isEmpty, true);
});
