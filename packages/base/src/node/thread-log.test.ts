import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadLog, type ThreadLogLine } from "./thread-log.ts";

test("lines go to the thread that reads them, those of debug where it says so, and as many as it hears", () => {
  const sent: ThreadLogLine[] = [];
  const log = new ThreadLog((line) => void sent.push(line));
  log.debug("a", { n: 1, f: () => 2 });
  log.tellsDebug = false;
  log.debug("b");
  log.error("c");
  assert.deepEqual(sent, [
    { type: "log", level: "debug", message: "a", fields: { n: 1, f: "() => 2" } },
    { type: "log", level: "error", message: "c", fields: {} },
  ]);
  for (let n = 0; n < 1_000; n++) log.warn("d");
  assert.equal(sent.length, 1_000);
  // What nobody reads takes nobody's place, and is not told of as lost.
  log.debug("e");
  log.heard(100);
  assert.deepEqual(sent.at(-1), {
    type: "log",
    level: "warn",
    message: "lines of a worker's log were dropped, as they were not read in time",
    fields: { count: 2 },
  });
  log.tellsDebug = true;
  log.debug("f");
  assert.equal(sent.at(-1)?.message, "f");
});
