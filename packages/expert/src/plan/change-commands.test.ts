import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { kafkaCommandsOf } from "./change-kinds.ts";
import { NASTY_NAME, SAMPLE_CHANGES } from "./testing/sample-changes.ts";

const TOOLS = { bootstrapServer: "a:1,b:2", commandConfig: "my client's.properties" };
const CALL = ["--bootstrap-server", "a:1,b:2", "--command-config", "my client's.properties"];

/** What each call of a script was given, recorded by programs of those names. */
function recordedCalls(folder: string, lines: readonly string[]): readonly (readonly string[])[] {
  const script = lines.join("\n");
  const recorder = join(folder, "recorder");
  writeFileSync(recorder, `#!/bin/sh\n{ printf '%s\\0' "\${0##*/}" "$@"; printf '\\n\\0'; } >> "$RECORD"\n`, { mode: 0o755 });
  for (const tool of new Set(script.match(/kafka-[a-z-]+\.sh/g))) symlinkSync(recorder, join(folder, tool));
  execFileSync("bash", ["-n"], { input: script });
  const record = join(folder, "record");
  writeFileSync(record, "");
  execFileSync("bash", ["-eu"], { input: script, cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin`, RECORD: record, HOME: "/nowhere" } });
  const calls = readFileSync(record, "utf8").split("\0\n\0").slice(0, -1);
  return calls.map((call) => call.split("\0"));
}

test("a shell gives Kafka's tools the very names, whatever stands in them", () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-plan-commands-"));
  try {
    const changes = Object.values(SAMPLE_CHANGES).map(({ change }) => change);
    const calls = recordedCalls(
      folder,
      changes.flatMap((change) => kafkaCommandsOf(change, TOOLS) ?? []),
    );
    const of = (tool: string): readonly (readonly string[])[] =>
      calls.filter(([name]) => name === `${tool}.sh`).map((call) => call.slice(1));
    assert.deepEqual(of("kafka-consumer-groups"), [
      [...CALL, "--group", NASTY_NAME, "--reset-offsets", "--from-file", "offsets.csv", "--execute"],
      [...CALL, "--group", NASTY_NAME, "--delete-offsets", "--topic", "orders:3,4"],
      [...CALL, "--group", NASTY_NAME, "--delete"],
    ]);
    assert.deepEqual(of("kafka-configs")[0], [
      ...CALL,
      "--alter",
      "--entity-type",
      "topics",
      "--entity-name",
      "orders",
      "--add-config",
      "cleanup.policy=[compact,delete],min.insync.replicas=2",
      "--delete-config",
      "segment.ms",
    ]);
    assert.deepEqual(of("kafka-acls")[0], [
      ...CALL,
      "--add",
      "--deny-principal",
      "User:CN=a b,O=c",
      "--deny-host",
      "10.0.0.0/8",
      "--operation",
      "DescribeConfigs",
      "--group",
      NASTY_NAME,
      "--resource-pattern-type",
      "prefixed",
    ]);
    assert.equal(readFileSync(join(folder, "offsets.csv"), "utf8"), "orders,3,42\n");
    assert.equal(readFileSync(join(folder, "partitions.json"), "utf8"), '{"partitions":[{"topic":"orders","partition":3}]}\n');
    assert.equal(calls.length, 19);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
