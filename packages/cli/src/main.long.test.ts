// Whole processes of the command line, whatever they cost; main.test.ts has the short form of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { CommandLineFixture } from "./testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "./testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

test("dev prints one ready line, serves commands, keeps its directory and stops with status 0", async () => {
  const data = join(folder(), "data");
  // On a busy machine the broker warns of requests that took long.
  const dev = processes.start("dev", "--port", "0", "--data-dir", data, "--json", "--log-level", "error", "--only", "broker");
  const ended = outcome(dev);
  const { ready, pid, bootstrap } = await readyLine(dev);
  assert.deepEqual([ready, pid], [true, dev.pid]);
  const [, port = ""] = bootstrap.split(":");

  const busyPort = outcome(processes.start("dev", "--memory", "--port", port, "--only", "broker"));
  const busyDirectory = outcome(processes.start("dev", "--port", "0", "--data-dir", data));
  const writer = processes.start("produce", "lines", "-b", bootstrap);
  writer.stdin.end("line\n".repeat(50_000));
  assert.deepEqual(await outcome(writer), { status: 0, stdout: "50,000 records written to lines.\n", stderr: "" });

  // As `| head -1` does: the reader goes away while there is more to come.
  const reader = processes.start("consume", "lines", "--from-beginning", "-b", bootstrap);
  const readerEnded = once(reader, "close");
  await once(reader.stdout, "data");
  reader.stdout.destroy();
  assert.equal((await readerEnded)[0], 0);

  assert.match((await busyPort).stderr, /^ottla: Cannot listen on .*: the port is in use; .*\n$/);
  assert.equal((await busyPort).status, 1);
  assert.match((await busyDirectory).stderr, /^ottla: .* is in use by process \d+; .*\n$/);
  assert.equal((await busyDirectory).status, 1);
  dev.kill("SIGINT");
  const { status, stdout, stderr } = await ended;
  assert.deepEqual([status, stdout.split("\n").length, stderr], [0, 2, ""]);
});

test("dev --faults opens a door beside the broker, with the faults of a file behind it", async () => {
  const file = join(folder(), "faults.yaml");
  writeFileSync(file, "- api: Metadata\n  reply: LEADER_NOT_AVAILABLE\n");
  const dev = processes.start("dev", "--memory", "--port", "0", "--json", "--only", "broker", "--faults-file", file);
  const ended = outcome(dev);
  const { faults: door = "" } = await readyLine(dev);
  assert.match(door, /^http:\/\/127\.0\.0\.1:\d+$/);
  const { faults } = (await (await fetch(`${door}/faults`)).json()) as { faults: { spec: unknown }[] };
  assert.deepEqual(
    faults.map(({ spec }) => spec),
    [{ api: "Metadata", reply: "LEADER_NOT_AVAILABLE" }],
  );
  dev.kill("SIGTERM");
  assert.deepEqual([(await ended).status, (await ended).stderr], [0, ""]);
  writeFileSync(file, "- api: Metdata\n");
  const refused = await outcome(processes.start("dev", "--memory", "--port", "0", "--faults-file", file));
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^ottla: .*faults\.yaml, fault 1: .*Metadata was perhaps meant\.\n$/);
});

test("a command line that makes no sense ends with status 2, a setting or place that cannot be used with 1; either in one sentence", async () => {
  const wrong: readonly (readonly string[])[] = [
    ["--set", "nonsense"],
    ["--data-dir", ""],
    ["--brokers", "0"],
    ["--config", join(folder(), "absent")],
  ];
  const unusable: readonly (readonly string[])[] = [
    ["--set", "num.partitions=0"],
    ["--data-dir", import.meta.filename],
    ["--port", "65535", "--brokers", "2"],
  ];
  const expected = [...wrong.map((words) => ({ words, status: 2 })), ...unusable.map((words) => ({ words, status: 1 }))];
  const check = async ({ words, status }: (typeof expected)[number]): Promise<void> => {
    const rest = [...(words.includes("--port") ? [] : ["--port", "0"]), ...(words.includes("--data-dir") ? [] : ["--memory"])];
    const ended = await outcome(processes.start("dev", ...rest, ...words));
    assert.equal(ended.status, status, words.join(" "));
    assert.match(ended.stderr, /^ottla: .*\.\n$/, words.join(" "));
  };
  await Promise.all(expected.map(check));
});

test("a broker whose standard error nobody reads any more serves on, and SIGHUP stops it cleanly", async () => {
  const data = join(folder(), "unread");
  const dev = processes.start("dev", "--port", "0", "--data-dir", data, "--json", "--only", "broker");
  const ended = once(dev, "exit");
  const [host = "", port = ""] = (await readyLine(dev)).bootstrap.split(":");
  dev.stderr.destroy();
  dev.stdout.destroy();
  // Each is warned of in the log.
  for (let i = 0; i < 3; i++) {
    const stranger = connect(Number(port), host).end("GET / HTTP/1.1\r\n\r\n");
    stranger.resume();
    await once(stranger, "close");
  }
  dev.kill("SIGHUP");
  assert.deepEqual(await ended, [0, null]);
  assert.ok(existsSync(join(data, ".kafka_cleanshutdown")));
});

test("a broker whose parent is killed stops, as after SIGTERM", async () => {
  const child = processes.startChild("dev", "--port", "0", "--memory", "--json", "--only", "broker");
  const ended = once(child, "exit");
  child.stderr.resume();
  await readyLine(child);
  // What the system does for a parent that is no more.
  child.disconnect();
  assert.deepEqual(await ended, [0, null]);
});

test("the first Ctrl-C ends a command whose broker is silent: 130, or 0 for what runs until it is stopped", async () => {
  const interrupted = async (words: readonly string[]) => {
    const silent = createServer().listen(0, "127.0.0.1");
    try {
      await once(silent, "listening");
      const child = processes.start(...words, "-b", `127.0.0.1:${(silent.address() as AddressInfo).port}`);
      const ended = outcome(child);
      await once(silent, "connection");
      child.kill("SIGINT");
      return await ended;
    } finally {
      silent.close();
    }
  };
  const commands = [
    ["topics", "list"],
    ["consume", "t"],
    ["perf", "produce", "t"],
  ];
  assert.deepEqual(
    await Promise.all(commands.map(interrupted)),
    [130, 0, 0].map((status) => ({ status, stdout: "", stderr: "" })),
  );
});

test("what a full disk does not take is said in one sentence with status 1, by every kind of command", async (t) => {
  if (!existsSync("/dev/full")) return t.skip("this system has no /dev/full");
  const fixture = await CommandLineFixture.start();
  const full = openSync("/dev/full", "w");
  try {
    const cluster = ["-b", fixture.broker.bootstrap];
    await fixture.run(["produce", "t"], { stdin: "a\n" });
    const commands = [
      ["--help"],
      ["completion", "bash"],
      ["topics", "list", ...cluster],
      ["produce", "t", ...cluster],
      ["consume", "t", "-e", ...cluster],
    ];
    const outcomes = commands.map(async (words) => {
      const { status, stderr } = await outcome(processes.startOn({ words, stdout: full }));
      return { words, status, stderr };
    });
    for (const { words, status, stderr } of await Promise.all(outcomes))
      assert.deepEqual([status, stderr], [1, "ottla: What was to be printed cannot be written (ENOSPC).\n"], words.join(" "));
  } finally {
    closeSync(full);
    await fixture.stop();
  }
});

test("a standard input that cannot be read is an error, not an empty one", async () => {
  const fixture = await CommandLineFixture.start();
  const directory = openSync(folder(), "r");
  try {
    const words = ["produce", "t", "-b", fixture.broker.bootstrap];
    const { status, stdout, stderr } = await outcome(processes.startOn({ words, stdin: directory }));
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ottla: Standard input cannot be read: EISDIR: .*; give lines through a pipe, or a file with --file\.\n$/);
  } finally {
    closeSync(directory);
    await fixture.stop();
  }
});
