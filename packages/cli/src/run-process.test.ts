import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import type { CommandContext, CommandKind, CommandSpec } from "./command.ts";
import { type ProcessWorld, runProcess, type StopSignal } from "./run-process.ts";
import { OutputCollector } from "./testing/output-collector.ts";

const never = new Promise<0>(() => {});

/** A process whose one command does `run`. */
class ProcessFixture {
  readonly exits: number[] = [];
  readonly status: Promise<number>;
  signal!: (name: StopSignal) => void;

  constructor(kind: CommandKind, run: (context: CommandContext) => Promise<0 | 1>, streams: Partial<ProcessWorld> = {}) {
    const spec: CommandSpec = { path: ["it"], summary: "", options: [], examples: [], kind, load: async () => run };
    this.status = runProcess([spec], {
      words: ["it"],
      version: "0",
      stdout: new OutputCollector(),
      stderr: new OutputCollector(),
      stdin: new PassThrough() as unknown as NodeJS.ReadStream,
      env: {},
      main: new URL("main.ts", import.meta.url),
      onSignal: (handler) => {
        this.signal = handler;
      },
      exit: (status) => void this.exits.push(status),
      times: { graceMs: 20, outputGraceMs: 20, repeatWithinMs: 1 },
      ...streams,
    });
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function breaking(code: string): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done(Object.assign(new Error(code), { code })) });
}

test("the first signal ends a command that does not listen, with 0 where to be stopped is its end and else as a shell tells it", async () => {
  for (const [kind, name, expected] of [
    ["stream", "SIGINT", 0],
    ["task", "SIGINT", 130],
    ["task", "SIGTERM", 143],
    ["task", "SIGHUP", 129],
  ] as const) {
    const process = new ProcessFixture(kind, () => never);
    await turn();
    process.signal(name);
    assert.equal(await process.status, expected, `${kind} ${name}`);
  }
});

test("a command that ends in time after a signal gives its own status; one that was broken off by it the signal's", async () => {
  const ended = new ProcessFixture("task", ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(1))));
  await turn();
  ended.signal("SIGINT");
  assert.equal(await ended.status, 1);
  const broken = new ProcessFixture(
    "task",
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")))),
  );
  await turn();
  broken.signal("SIGINT");
  assert.equal(await broken.status, 130);
});

test("a server takes the time of a clean stop, the same signal twice is one, and a later one ends it at once", async () => {
  const stopped = Promise.withResolvers<0>();
  const process = new ProcessFixture("server", () => stopped.promise);
  await turn();
  process.signal("SIGTERM");
  process.signal("SIGTERM");
  // Longer than any other command would be given.
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.deepEqual(process.exits, []);
  stopped.resolve(0);
  assert.equal(await process.status, 0);

  const hurried = new ProcessFixture("server", () => never, { times: { sameSignalMs: -1 } });
  await turn();
  hurried.signal("SIGTERM");
  hurried.signal("SIGINT");
  assert.deepEqual(hurried.exits, [130]);
});

test("a reader of standard output that goes away ends a command quietly with 0, and a server goes on", async () => {
  for (const kind of ["task", "stream"] as const) {
    const stderr = new OutputCollector();
    const run = async ({ stdout, signal }: CommandContext): Promise<0> => {
      stdout.write("x");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw new DOMException("stopped", "AbortError");
    };
    assert.equal(await new ProcessFixture(kind, run, { stdout: breaking("EPIPE"), stderr }).status, 0);
    assert.equal(stderr.text, "");
  }
  const server = new ProcessFixture(
    "server",
    async ({ stdout, signal }) => {
      stdout.write("x");
      await turn();
      await turn();
      return signal.aborted ? 1 : 0;
    },
    { stdout: breaking("EPIPE") },
  );
  assert.equal(await server.status, 0);
});

test("output that a full disk does not take is a failure, and says so", async () => {
  const stderr = new OutputCollector();
  const run = async ({ stdout }: CommandContext): Promise<0> => {
    stdout.write("x");
    await turn();
    return 0;
  };
  assert.equal(await new ProcessFixture("task", run, { stdout: breaking("ENOSPC"), stderr }).status, 1);
  assert.equal(stderr.text, "ottla: What was to be printed cannot be written (ENOSPC).\n");
});

test("output that is refused in a command's last turn is a failure too, and a server says at once what it could not print", async () => {
  const stderr = new OutputCollector();
  const lastWord = async ({ stdout }: CommandContext): Promise<0> => {
    stdout.write("x");
    return 0;
  };
  assert.equal(await new ProcessFixture("task", lastWord, { stdout: breaking("ENOSPC"), stderr }).status, 1);
  assert.equal(stderr.text, "ottla: What was to be printed cannot be written (ENOSPC).\n");

  const said = Promise.withResolvers<string>();
  const server = new ProcessFixture(
    "server",
    async ({ stdout, signal }) => {
      stdout.write("x");
      stdout.write("y");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return 0;
    },
    { stdout: breaking("ENOSPC"), stderr: new OutputCollector(said.resolve) },
  );
  assert.equal(await said.promise, "ottla: What was to be printed cannot be written (ENOSPC).\n");
  server.signal("SIGTERM");
  assert.equal(await server.status, 1);
});

test("a standard error that is broken, or that nobody reads, neither ends nor holds a process", async () => {
  const run = async ({ stderr }: CommandContext): Promise<0> => {
    for (let i = 0; i < 3; i++) {
      stderr.write("a warning\n");
      await turn();
    }
    return 0;
  };
  assert.equal(await new ProcessFixture("task", run, { stderr: breaking("EPIPE") }).status, 0);
  const unread = new Writable({ write() {} });
  const process = new ProcessFixture("server", run, { stderr: unread });
  await turn();
  process.signal("SIGTERM");
  assert.equal(await process.status, 0);
});

test("without a signal the output of a slow reader is waited for", async () => {
  let take!: () => void;
  const slow = new Writable({
    write(_piece, _encoding, done) {
      take = done;
    },
  });
  const run = async ({ stdout }: CommandContext): Promise<0> => {
    stdout.write("all of it");
    return 0;
  };
  let isEnded = false;
  const status = new ProcessFixture("task", run, { stdout: slow }).status.then((ended) => {
    isEnded = true;
    return ended;
  });
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(isEnded, false);
  take();
  await turn();
  take();
  assert.equal(await status, 0);
});
