import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, test } from "node:test";
import type { LogFields, Logger } from "@ottla/base";
import { part as samplePart } from "../testing/sample-part.ts";
import type { Part } from "./part.ts";
import { type PartPlan, PartRunner } from "./part-runner.ts";
import { workerPart } from "./worker-part.ts";

const entry = new URL("../testing/part-worker-entry.ts", import.meta.url);
const module = new URL("../testing/sample-part.ts", import.meta.url).href;

/** A runner, and all that it and its parts said. */
class RunnerFixture implements AsyncDisposable {
  readonly said: string[] = [];
  readonly printed: string[] = [];
  readonly events: (readonly [level: string, message: string, fields: LogFields | undefined])[] = [];
  readonly stop = new AbortController();
  readonly runner: PartRunner;
  #woken = Promise.withResolvers<void>();

  constructor(deadlines = { startMs: 30_000, stopMs: 5000 }) {
    const at = (level: string) => (message: string, fields?: LogFields) => {
      this.events.push([level, message, fields]);
      this.#woken.resolve();
      this.#woken = Promise.withResolvers();
    };
    const logger: Logger = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
    this.runner = new PartRunner({
      host: "127.0.0.1",
      logger,
      out: { write: (text) => this.printed.push(text) },
      say: (sentence) => this.said.push(sentence),
      signal: this.stop.signal,
      deadlines,
    });
  }

  /** Waits until something of the kind was logged. */
  async logged(level: string, message: RegExp): Promise<LogFields | undefined> {
    for (;;) {
      const event = this.events.find(([eventLevel, text]) => eventLevel === level && message.test(text));
      if (event) return event[2];
      await this.#woken.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner.stop();
  }
}

async function takenPort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

async function knock(address: string): Promise<void> {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {}).destroy();
}

for (const [host, part] of [
  ["the main thread", samplePart],
  ["a worker thread", workerPart("sample", { module, entry })],
] as const satisfies readonly (readonly [string, Part])[]) {
  describe(`a part on ${host}`, () => {
    const plan = (behaviour: string, more: Partial<PartPlan> = {}): PartPlan => ({ part, key: "sample", settings: { behaviour }, ...more });

    test("starts with what it is given, is found at its address, says what it has to say, and stops", async () => {
      const fixture = new RunnerFixture();
      assert.equal(await fixture.runner.start(plan("works")), true);
      const { sample = "" } = fixture.runner.addresses;
      assert.match(sample, /^http:\/\/127\.0\.0\.1:\d+$/);
      await knock(sample);
      assert.deepEqual(fixture.printed, ["hello from 127.0.0.1\n"]);
      assert.match(String((await fixture.logged("info", /^started$/))?.["error"]), /odd/);
      await fixture.runner.stop();
      await assert.rejects(knock(sample), { code: "ECONNREFUSED" });
      assert.deepEqual([fixture.said, fixture.events.length], [[], 1]);
    });

    test("a default port that is taken is replaced by a free one, and said; one that was asked for is an error", async () => {
      await using taken = await takenPort();
      await using fixture = new RunnerFixture();
      const port = { number: taken.port, isAskedFor: false };
      assert.equal(await fixture.runner.start(plan("works", { port })), true);
      assert.deepEqual(fixture.said, [`Port ${taken.port} is taken; sample is at ${fixture.runner.addresses["sample"]} instead.`]);
      await assert.rejects(fixture.runner.start(plan("works", { port: { ...port, isAskedFor: true } })), { code: "PORT_IN_USE" });
    });

    test("a part that fails to start is said and left out, an essential one fails the start", async () => {
      await using fixture = new RunnerFixture();
      assert.equal(await fixture.runner.start(plan("fails")), false);
      assert.deepEqual(fixture.said, ["sample could not be started: there is no room. The others run without it."]);
      assert.deepEqual(fixture.runner.addresses, {});
      await assert.rejects(fixture.runner.start(plan("fails", { isEssential: true })), /there is no room/);
      assert.equal(await fixture.runner.start(plan("works")), true);
    });

    test("a part that is never ready is given up, and a signal during the start ends it", async () => {
      await using late = new RunnerFixture({ startMs: 20, stopMs: 5000 });
      assert.equal(await late.runner.start(plan("never ready")), false);
      assert.match(late.said[0]!, /It was not ready within 0\.02 s\./);
      await using fixture = new RunnerFixture();
      const starting = fixture.runner.start(plan("never ready", { isEssential: true }));
      fixture.stop.abort();
      assert.equal(await starting, false);
      assert.equal(await fixture.runner.start(plan("works")), false, "and nothing starts after it");
    });

    test("a part that does not end cleanly is warned of, and the others are stopped all the same", async () => {
      const fixture = new RunnerFixture();
      await fixture.runner.start(plan("works"));
      const { sample = "" } = fixture.runner.addresses;
      await fixture.runner.start(plan("stop fails", { key: "other" }));
      await fixture.runner.stop();
      await fixture.logged("warn", /^a part did not end cleanly$/);
      await assert.rejects(knock(sample), { code: "ECONNREFUSED" });
    });
  });
}

test("parts stop in reverse order, each once, and a stuck one is left behind after its time", async () => {
  const order: string[] = [];
  const recorded = (name: string, stop: () => Promise<void> = async () => {}): PartPlan => ({
    part: {
      name,
      start: () => ({
        ready: Promise.resolve({}),
        stop() {
          order.push(name);
          return stop();
        },
      }),
    },
  });
  const fixture = new RunnerFixture({ startMs: 1000, stopMs: 10 });
  for (const plan of [recorded("a"), recorded("stuck", () => new Promise(() => {})), recorded("c")]) await fixture.runner.start(plan);
  await Promise.all([fixture.runner.stop(), fixture.runner.stop()]);
  assert.deepEqual(order, ["c", "stuck", "a"]);
  assert.deepEqual((await fixture.logged("warn", /left behind/))?.["part"], "stuck");
});

test("each part knows the addresses of those before it", async () => {
  const seen: unknown[] = [];
  const at = (key: string): PartPlan => ({
    key,
    part: {
      name: key,
      start({ addresses }) {
        seen.push(addresses);
        return { ready: Promise.resolve({ address: `at ${key}` }), async stop() {} };
      },
    },
  });
  await using fixture = new RunnerFixture();
  for (const key of ["bootstrap", "registry", "rest"]) await fixture.runner.start(at(key));
  assert.deepEqual(seen, [{}, { bootstrap: "at bootstrap" }, { bootstrap: "at bootstrap", registry: "at registry" }]);
});

describe("a worker thread", () => {
  const start = async (behaviour: string, stopGraceMs = 3000): Promise<RunnerFixture> => {
    const fixture = new RunnerFixture();
    const part = workerPart("sample", { module, entry, stopGraceMs });
    assert.equal(await fixture.runner.start({ part, key: "sample", settings: { behaviour } }), true);
    return fixture;
  };

  test("its crash ends nothing else, and the log says so", async () => {
    for (const [behaviour, said] of [
      ["crashes", /^a part crashed/],
      ["exits", /^a part ended by itself/],
    ] as const) {
      await using fixture = await start(behaviour);
      await knock(fixture.runner.addresses["sample"]!);
      assert.equal((await fixture.logged("error", said))?.["part"], "sample");
    }
  });

  test("a module that cannot be loaded is a part that does not start", async () => {
    await using fixture = new RunnerFixture();
    const part = workerPart("lost", { module: new URL("no-such-file.ts", import.meta.url).href, entry });
    assert.equal(await fixture.runner.start({ part }), false);
    assert.match(fixture.said[0]!, /^lost could not be started: Cannot find module/);
  });

  test("a thread that was prepared is started once; one that was not started is let go, whatever it loads", async () => {
    await using fixture = new RunnerFixture();
    const part = workerPart("sample", { module, entry });
    part.prepare?.();
    assert.equal(await fixture.runner.start({ part, key: "sample", settings: { behaviour: "works" } }), true);
    await knock(fixture.runner.addresses["sample"]!);
    part.prepare?.();
    await part.discard?.();
    await part.discard?.();
    const lost = workerPart("lost", { module: new URL("no-such-file.ts", import.meta.url).href, entry });
    lost.prepare?.();
    assert.equal(await fixture.runner.start({ part: lost }), false);
  });

  test("one that is busy for ever when it is to stop is ended from outside", async () => {
    const fixture = await start("stays", 50);
    await fixture.runner.stop();
    await fixture.logged("warn", /thread was ended/);
  });

  test("what it says beyond what is taken is dropped and counted, and nothing reaches standard output", async () => {
    await using talking = await start("talks");
    const dropped = await talking.logged("warn", /^lines of a part were dropped/);
    assert.ok(Number(dropped?.["count"]) > 0);
    await using printing = await start("prints past");
    assert.equal((await printing.logged("warn", /^a part printed past its output$/))?.["text"], "where does this go");
  });
});
