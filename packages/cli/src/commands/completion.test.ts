import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { runWords } from "../testing/command-line-fixture.ts";

async function script(shell: string): Promise<string> {
  const { status, stdout, stderr } = await runWords(["completion", shell]);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What bash offers for the last of the words. */
async function offered(...words: string[]): Promise<string[]> {
  const line = `COMP_WORDS=(ottla ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _ottla; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", `${await script("bash")}\n${line}`], { encoding: "utf8", cwd: "/" });
  assert.equal(status, 0, stderr);
  return stdout.trim().split("\n");
}

test("bash completes commands, their second words, options and values", async () => {
  assert.deepEqual(await offered("top"), ["topics"]);
  assert.deepEqual((await offered("topics", "de")).toSorted(), ["delete", "describe"]);
  assert.deepEqual((await offered("topics", "create", "x", "--part")).toSorted(), ["--partitions"]);
  assert.deepEqual((await offered("produce", "x", "--compression", "")).toSorted(), ["gzip", "lz4", "none", "snappy", "zstd"]);
  assert.deepEqual(await offered("completion", "f"), ["fish"]);
});

test("zsh and fish have theirs, other shells are wrong usage", async () => {
  assert.match(await script("zsh"), /bashcompinit/);
  assert.match(
    await script("fish"),
    /complete -c ottla -n '__fish_seen_subcommand_from perf; and __fish_seen_subcommand_from latency' -l num-records -s n -r/,
  );
  assert.equal((await runWords(["completion", "tcsh"])).status, 2);
  assert.equal((await runWords(["completion", "constructor"])).status, 2);
});
