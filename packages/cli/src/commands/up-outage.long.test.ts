import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runWords } from "../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

interface Answered {
  readonly status: number;
  readonly told: Record<string, unknown>;
  readonly tookMs: number;
}

async function ask(url: string, method: string, path: string, body?: object): Promise<Answered> {
  const fromMs = performance.now();
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, told: (await response.json()) as Record<string, unknown>, tookMs: performance.now() - fromMs };
}
const register = (url: string, subject: string, type: string): Promise<Answered> =>
  ask(url, "POST", `/subjects/${subject}/versions`, { schema: JSON.stringify(type) });

/** As long as a write may wait for a cluster that is away, with a second for a busy machine at each of its steps. */
const WRITE_MS = 45_000;

test("a cluster that goes away and comes back: reads go on, writes are told to come again in bounded time, and nothing is lost", async (t) => {
  const words = ["dev", "--only", "broker", "--data-dir", join(folder(), "data"), "--json"];
  const first = processes.start(...words, "--port", "0");
  const { bootstrap } = await readyLine(first);
  const port = bootstrap.slice(bootstrap.lastIndexOf(":") + 1);
  const served = processes.start("up", "-b", bootstrap, "--registry-port", "0", "--json");
  const { registry: url = "" } = await readyLine(served);
  assert.equal((await register(url, "s", "int")).told["id"], 1);
  first.kill("SIGKILL");
  const writes = await Promise.all([register(url, "t", "long"), register(url, "s", "int"), ask(url, "DELETE", "/subjects/s")]);
  for (const { status, told, tookMs } of writes) {
    t.diagnostic(`a call during the outage: ${status} ${JSON.stringify(told)} after ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < WRITE_MS, `${tookMs} ms`);
  }
  const [other, again, deletion] = writes;
  // What is registered already, and what changes nothing, needs no cluster; the rest may be sent again, but for a deletion whose outcome nobody knows.
  assert.ok(other?.status === 503 || other?.told["error_code"] === 50002, JSON.stringify(other));
  assert.ok(again?.status === 200 || again?.status === 503, JSON.stringify(again));
  assert.ok(deletion?.status === 503 || deletion?.told["error_code"] === 50002, JSON.stringify(deletion));
  const read = await ask(url, "GET", "/schemas/ids/1");
  t.diagnostic(`a read during the outage: ${read.status} after ${Math.round(read.tookMs)} ms`);
  assert.ok(read.status === 200 || read.status === 503, JSON.stringify(read));
  assert.ok(read.tookMs < WRITE_MS);

  await readyLine(processes.start(...words, "--port", port));
  const back = performance.now();
  let settled: Answered;
  do settled = await register(url, "t", "long");
  while (settled.status !== 200 && performance.now() - back < 60_000);
  t.diagnostic(`written again ${Math.round(performance.now() - back)} ms after the cluster came back`);
  assert.deepEqual([settled.status, settled.told["id"]], [200, 2], JSON.stringify(settled));
  assert.equal((await ask(url, "GET", "/schemas/ids/1")).status, 200);
  const ended = outcome(served);
  served.kill("SIGTERM");
  assert.equal((await ended).status, 0);
});

test("without a cluster up does not start, and says so in bounded time", async (t) => {
  const fromMs = performance.now();
  const { status, stderr } = await runWords(["up", "-b", "127.0.0.1:1", "--registry-port", "0"]);
  const tookMs = performance.now() - fromMs;
  t.diagnostic(`refused after ${Math.round(tookMs)} ms: ${stderr.trim()}`);
  assert.notEqual(status, 0);
  assert.match(stderr, /127\.0\.0\.1:1/);
  assert.ok(tookMs < WRITE_MS);
});
