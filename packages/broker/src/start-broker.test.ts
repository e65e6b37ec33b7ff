import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Logger } from "@ottla/base";
import { MemoryDisk } from "@ottla/base/simulated";
import { startBroker } from "./start-broker.ts";
import { type BrokerOptions, planStart } from "./start-options.ts";

function collectingLogger(): { logger: Logger; events: unknown[] } {
  const events: unknown[] = [];
  const note = (message: string, fields?: unknown) => void events.push([message, fields]);
  return { logger: { error: note, warn: note, info: note, debug() {} }, events };
}

test("without options it is one broker in memory on a free port, and its block ends it", async () => {
  let port: number;
  {
    await using broker = await startBroker();
    port = Number(/^127\.0\.0\.1:(\d+)$/.exec(broker.bootstrap)?.[1]);
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    assert.deepEqual(Object.keys(broker), ["bootstrap", "metrics", "health", "stop"], "its inner state is not shown");
  }
  const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
});

test("a second stop waits for the first", async () => {
  const broker = await startBroker();
  await Promise.all([broker.stop(), broker.stop()]);
  await broker.stop();
});

test("a directory named by option or by log.dirs is used, and memory writes none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-start-"));
  const started = async (options: BrokerOptions): Promise<void> => (await startBroker(options)).stop();
  try {
    await started({ dataDirectory: join(folder, "a") });
    await started({ settings: { "log.dirs": join(folder, "b") } });
    await started({ memory: true, settings: { "log.dirs": join(folder, "c") } });
    assert.deepEqual(
      ["a", "b", "c"].map((name) => existsSync(join(folder, name))),
      [true, true, false],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is not known in the settings is warned of with the name that was meant, and so is a second directory; what does nothing is named", async () => {
  const { logger, events } = collectingLogger();
  const settings = { "num.partition": 3, "my.plugin": "x", "log.dirs": "one,two", "num.io.threads": 8, "num.network.threads": 3 };
  await using _broker = await startBroker({ settings, logger }, { disk: new MemoryDisk() });
  assert.deepEqual(events.slice(0, 4), [
    ["a property is not known and is ignored", { name: "num.partition", near: "num.partitions" }],
    ["a property is not known and is ignored", { name: "my.plugin" }],
    ["only the first directory of log.dirs is used", { used: "one", ignored: "two" }],
    ["properties that change nothing in Ottla", { names: "num.io.threads,num.network.threads" }],
  ]);
});

test("development's defaults go behind the settings, and Kafka's can be had alone", () => {
  const factor = (options: BrokerOptions) => planStart(options).settings.get("offsets.topic.replication.factor");
  assert.deepEqual(
    [1, 2, 3, 9].map((brokers) => factor({ brokers })),
    ["1", "2", "3", "3"],
  );
  assert.equal(factor({ settings: { "offsets.topic.replication.factor": 2 } }), "2");
  assert.equal(factor({ defaults: "kafka" }), undefined);
  for (const host of ["::1", "[::1]"]) assert.equal(planStart({ host, port: 9 }).settings.get("listeners"), "PLAINTEXT://[::1]:9");
});

test("an option that cannot be meant is refused by its name before anything starts", async () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ dataDir: "x" }, /"dataDir"; "dataDirectory" was perhaps meant/],
    [{ port: 70_000 }, /^port is 70000/],
    [{ port: "9092" }, /^port/],
    [{ brokers: 0 }, /^brokers is 0/],
    [{ host: "a,b" }, /^host/],
    [{ dataDirectory: "" }, /^dataDirectory/],
    [{ dataDirectory: "x", memory: true }, /^memory and dataDirectory/],
    [{ defaults: "none" }, /^defaults/],
    [{ port: 0, settings: { listeners: "PLAINTEXT://:0" } }, /"listeners"/],
    [{ settings: new Map() }, /^settings must be/],
    [{ settings: null }, /^settings must be/],
    [{ settings: ["num.partitions=3"] }, /^settings must be/],
    [null, /options of a broker are null/],
    [9092, /options of a broker are 9092/],
    [[9092], /options of a broker are \[/],
    [new Map([["port", 9092]]), /options of a broker are Map/],
    [{ host: "" }, /^host is ""/],
    [{ host: 5n }, /^host is 5n/],
    [{ port: null }, /^port is null/],
    [{ brokers: null }, /^brokers is null/],
    [{ dataDirectory: "a\0b" }, /^dataDirectory/],
    [{ memory: "false", settings: { "log.dirs": "x" } }, /^memory is "false"/],
    [{ logger: {} }, /^logger is {}/],
    [{ logger: null }, /^logger is null/],
    [{ onProgress: 5 }, /^onProgress is 5/],
    [{ signal: new AbortController() }, /^signal is AbortController/],
    [{ settings: { "num.partitions": null } }, /num\.partitions is null/],
    [{ settings: { "num.partitions": [1] } }, /num\.partitions is of type object/],
  ];
  for (const [options, message] of refused)
    await assert.rejects(startBroker(options as BrokerOptions), { code: "INVALID_OPTION", message }, String(message));
  await assert.rejects(startBroker({ settings: { "num.partitions": 0 } }), { code: "INVALID_CONFIG" });
  await assert.rejects(startBroker({ settings: { "broker.rack": "x".repeat(32_768) } }), {
    code: "INVALID_CONFIG",
    message: /broker\.rack is too long/,
  });
});
