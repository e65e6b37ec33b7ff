import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLogger } from "../seams/logger.ts";
import type { AuditEvent } from "./audit-event.ts";
import { SimulatedClock } from "@ottla/base/simulated";
import { AuditOutlet } from "./audit-outlet.ts";

class Sink {
  readonly place = "the sink";
  readonly events: AuditEvent[] = [];
  fails = false;
  isClosed = false;
  writes = 0;

  async write(lines: readonly string[]): Promise<void> {
    this.writes++;
    if (this.fails) throw new Error("the disk is full");
    for (const line of lines) this.events.push(JSON.parse(line) as AuditEvent);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function scene(waitingMax = 100) {
  const clock = new SimulatedClock();
  const said: (readonly [string, LogFields | undefined])[] = [];
  const say = (message: string, fields?: LogFields): void => void said.push([message, fields]);
  const sink = new Sink();
  const outlet = new AuditOutlet({ clock, logger: { ...silentLogger, warn: say, error: say }, node: 1 }, sink, waitingMax);
  const offer = (count: number): void => {
    for (let at = 0; at < count; at++) outlet.offer({ timeMs: clock.nowMs(), node: 1, body: { kind: "started" } });
  };
  /** Lets time pass, and what was begun meanwhile end. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(Math.min(50, left));
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
  };
  return { clock, sink, outlet, offer, pass, said };
}

test("events are gathered, numbered, and written in order", async () => {
  const { sink, outlet, offer, pass } = scene(2000);
  offer(1200);
  assert.equal(sink.writes, 0);
  await pass(100);
  assert.deepEqual([sink.writes, sink.events.length, outlet.writtenCount], [3, 1200, 1200]);
  assert.deepEqual(
    sink.events.map(({ seq }) => seq),
    Array.from({ length: 1200 }, (_, at) => at + 1),
  );
  assert.deepEqual(sink.events[0], { v: 1, time: "2026-01-01T00:00:00.000Z", seq: 1, node: 1, kind: "started" });
});

test("what there is no room for is counted, and told once it works again", async () => {
  const { sink, outlet, offer, pass, said } = scene();
  sink.fails = true;
  offer(100);
  await pass(60);
  offer(50);
  await pass(60_000);
  assert.deepEqual([sink.events.length, outlet.lostCount], [0, 50]);
  assert.ok(sink.writes > 3 && sink.writes < 15, `${sink.writes} tries in a minute`);
  assert.deepEqual(
    said.map(([message]) => message.slice(0, 30)),
    ["audit events cannot be written", "there is no room for more audi"],
  );
  sink.fails = false;
  await pass(60_000);
  const last = sink.events.at(-1)!;
  assert.deepEqual([sink.events.length, last.kind, "count" in last && last.count, last.seq], [101, "lost", 50, 151]);
  assert.match(said.at(-1)![0], /written again/);
  offer(1);
  await pass(100);
  assert.equal(sink.events.at(-1)!.seq, 152);
});

test("at the end what waits is written in one try, and nothing is taken any more", async () => {
  const { sink, outlet, offer, pass, said } = scene();
  offer(3);
  await outlet.close();
  offer(1);
  await pass(1000);
  assert.deepEqual([sink.events.length, sink.isClosed, said.length], [3, true, 0]);
  const failing = scene();
  failing.sink.fails = true;
  failing.offer(3);
  await failing.outlet.close();
  assert.deepEqual([failing.sink.writes, failing.sink.isClosed, failing.said.at(-1)![1]?.["lost"]], [1, true, 3]);
});

test("who must know that an event is written flushes, and is told where it is not", async () => {
  const { outlet, sink, offer } = scene();
  offer(1);
  assert.equal(await outlet.flush(), true);
  assert.equal(sink.events.length, 1);
  sink.fails = true;
  offer(1);
  assert.deepEqual(await Promise.all([outlet.flush(), outlet.flush()]), [false, false]);
  sink.fails = false;
  assert.equal(await outlet.flush(), true, "a disk that works again is tried at once");
  assert.deepEqual(
    sink.events.map(({ seq }) => seq),
    [1, 2],
  );
  await outlet.close();
  assert.equal(await outlet.flush(), false);
});
