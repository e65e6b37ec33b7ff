import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { runWords } from "./testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "./testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

test("dev prints one ready line, serves commands, keeps its directory and stops with status 0", async () => {
  const data = join(folder(), "data");
  // On a busy machine the broker warns of requests that took long.
  const dev = processes.start("dev", "--port", "0", "--data-dir", data, "--json", "--log-level", "error", "--only", "broker");
  const ended = outcome(dev);
  const { ready, pid, bootstrap } = await readyLine(dev);
  assert.deepEqual([ready, pid], [true, dev.pid]);

  const written = await runWords(["produce", "lines", "-b", bootstrap], { stdin: "line\n".repeat(1000) });
  assert.deepEqual([written.status, written.stdout], [0, "1,000 records written to lines.\n"]);
  const busyDirectory = await runWords(["dev", "--port", "0", "--data-dir", data]);
  assert.match(busyDirectory.stderr, /^ottla: .* is in use by process \d+; .*\n$/);
  assert.equal(busyDirectory.status, 1);
  dev.kill("SIGINT");
  const { status, stdout, stderr } = await ended;
  assert.deepEqual([status, stdout.split("\n").length, stderr], [0, 2, ""]);
  assert.ok(existsSync(join(data, ".kafka_cleanshutdown")));
});

test("a command line that makes no sense ends with status 2, a setting or place that cannot be used with 1; either in one sentence", async () => {
  const expected: readonly (readonly [status: number, ...words: string[]])[] = [
    [2, "--memory", "--set", "nonsense"],
    [2, "--data-dir", ""],
    [2, "--memory", "--brokers", "0"],
    [2, "--memory", "--config", join(folder(), "absent")],
    [1, "--memory", "--set", "num.partitions=0"],
    [1, "--data-dir", import.meta.filename],
  ];
  for (const [status, ...words] of expected) {
    const ended = await runWords(["dev", "--port", "0", ...words]);
    assert.equal(ended.status, status, words.join(" "));
    assert.match(ended.stderr, /^ottla: .*\.\n$/, words.join(" "));
  }
  const { status, stderr } = await outcome(processes.start("dev", "--memory", "--set", "nonsense"));
  assert.equal(status, 2);
  assert.match(stderr, /^ottla: .*\.\n$/);
});

test("what a full disk does not take is said in one sentence with status 1", async (t) => {
  if (!existsSync("/dev/full")) return t.skip("this system has no /dev/full");
  const full = openSync("/dev/full", "w");
  try {
    const { status, stderr } = await outcome(processes.startOn({ words: ["completion", "bash"], stdout: full }));
    assert.deepEqual([status, stderr], [1, "ottla: What was to be printed cannot be written (ENOSPC).\n"]);
  } finally {
    closeSync(full);
  }
});

test("a start without the demonstration loads neither client nor demonstration", () => {
  const loaded = (file: string): string[] => readFileSync(new URL(file, import.meta.url), "utf8").match(/^import (?!type).*$/gm) ?? [];
  for (const file of [
    "main.ts",
    "run-command-line.ts",
    "broker-settings.ts",
    "serve-parts.ts",
    "parts/part-runner.ts",
    "parts/broker-part.ts",
    "commands/run-dev.ts",
    "commands/start-dev.ts",
    "commands/run-broker.ts",
  ])
    assert.deepEqual(
      loaded(file).filter((line) => /@ottla\/client|demo\//.test(line)),
      [],
      file,
    );
});

test("a command that only waits between two questions comes to its end", async () => {
  const answers: Readonly<Record<string, object>> = {
    "/v1/topology": { subtopologies: [] },
    "/v1/application": { applicationId: "app", workers: [] },
  };
  // Nothing but a timer is left while it waits.
  const server = createServer((request, response) =>
    response.setHeader("connection", "close").end(JSON.stringify(answers[request.url!] ?? {})),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = await outcome(processes.start("streams", "topology", `http://127.0.0.1:${port}`));
    assert.deepEqual([status, stderr], [0, ""]);
  } finally {
    server.close();
  }
});
