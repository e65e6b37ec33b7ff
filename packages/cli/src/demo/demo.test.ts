import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demonstrate } from "../testing/demonstration.ts";

const FLIGHTS = 1000;
/** Enough to be stopped in the middle of. */
const MORE_FLIGHTS = 120_000;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-demo-"));
});
after(() => rmSync(folder, { recursive: true }));

test("flights are produced as Avro and folded, consume shows them, and a second start finds them", async () => {
  const dataDirectory = join(folder, "twice");
  const first = await demonstrate(dataDirectory, FLIGHTS);
  assert.deepEqual([first.produced, first.folded], [FLIGHTS, FLIGHTS]);
  assert.match(
    first.shown,
    /^\{"flight":\d+,"departure":"2001-01-01T\d\d:\d\d","origin":"[A-Z]{3}","destination":"[A-Z]{3}","delay":-?\d+,"distance":\d+\}\n$/,
  );
  assert.match(first.printed, /1,000 flights produced; 1,000 folded by a streams topology, exactly once/);
  assert.match(
    first.printed,
    /Most often late[^]*AIRPORT[^]*Busiest[^]*AIRPORT[^]*Worst day: [A-Z]{3} on 2001-01-0\d, \d+ % of \d+ flights late/,
  );
  assert.deepEqual(first.served, { delays: first.delays, dailyFlights: FLIGHTS });
  const second = await demonstrate(dataDirectory, FLIGHTS);
  assert.match(second.printed, /^1,000 flights are there from an earlier run and every one is counted; nothing to do/);
  assert.deepEqual([second.produced, second.folded], [FLIGHTS, FLIGHTS]);
  assert.deepEqual(second.delays, first.delays);
  assert.deepEqual(second.served, first.served);
});

test("a signal ends it at once, and the next start goes on", async () => {
  const dataDirectory = join(folder, "stopped");
  const stop = new AbortController();
  const stopping = demonstrate(dataDirectory, MORE_FLIGHTS, stop.signal);
  setImmediate(() => stop.abort());
  assert.ok((await stopping).produced < MORE_FLIGHTS);
  assert.equal((await demonstrate(dataDirectory, FLIGHTS)).folded >= FLIGHTS, true);
});
