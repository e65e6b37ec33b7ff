import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { commands } from "./commands/index.ts";
import { CommandLineFixture } from "./testing/command-line-fixture.ts";

/** Names that only a program knows: a place in a call's arguments, or an option of the client. */
const INTERNAL =
  /\w\[\d+\]|\b(subscribe|assign|seek|describe|create|alter|delete|list)[A-Z]?\w*: \w|groupId|autoOffsetReset|unexpected failure|undefined|[^"=]\bNaN\b/;
const ODD_TEXTS = ["", "a b", "x".repeat(40_000), "99999999999999999999", "a=b", "t:99999999999"];
const ODD_NUMBERS = ["-1", "1.5", "99999", "99999999999"];
/** A topic that is there, and a folder that may be made. */
const ORDINARY = "t";
/** How much work is to be done; much of it is nothing odd. */
const AMOUNTS = ["num-records", "warmup-records", "throughput"];

let ottla: CommandLineFixture;
const from = process.cwd();
/** Where certificates are written. */
let folder: string;
/** Where the commands run. */
let workingFolder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ottla-typed-test-"));
  workingFolder = join(folder, "working");
  mkdirSync(workingFolder);
  process.chdir(workingFolder);
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "t"]);
  await ottla.run(["produce", "t"], { stdin: "a\nb\n" });
});
after(async () => {
  process.chdir(from);
  await ottla.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Of each kind one: what is at fault, its first words, and the status. */
test("messages name what was typed", async () => {
  const expected: readonly (readonly [words: readonly string[], status: number, says: RegExp])[] = [
    [
      ["topics", "create", "n", "--partitions", "99999999999"],
      2,
      /^ottla: --partitions is 99999999999; it must be a whole number from 1 to 2147483647\.\n$/,
    ],
    [["topics", "alter", "t", "--partitions", "99999999999"], 2, /^ottla: --partitions is 99999999999; it must be /],
    [["topics", "create", "n", "--replication-factor", "99999"], 2, /^ottla: --replication-factor is 99999; it must be .* to 32767\.\n$/],
    [["topics", "create", ""], 2, /^ottla: The argument TOPIC is empty\. See "ottla topics create --help"\.\n$/],
    [["consume", ""], 2, /^ottla: The argument TOPIC is empty\. /],
    [["configs", "describe", "topic", ""], 2, /^ottla: The argument NAME is empty\. /],
    [["consume", "t", "-g", ""], 2, /^ottla: --group is empty; give GROUP, or leave it out\.\n$/],
    [
      ["consume", "t", "-o", "99999999"],
      1,
      /^ottla: The offset 99999999 is not in t-0: its first is 0, and the next record gets 2; "ottla offsets list t" shows which there are\.\n$/,
    ],
    [
      ["topics", "describe", "x".repeat(40_000)],
      1,
      /^ottla: What was given cannot be used: "x{60}…"; it must be a text of 1 to 32767 bytes\.\n$/,
    ],
    [["produce", "t", "-p", "99999999999"], 2, /^ottla: --partition is 99999999999; it must be /],
  ];
  for (const [words, status, says] of expected) {
    const ran = await ottla.run(words);
    assert.match(ran.stderr, says);
    assert.deepEqual([ran.status, ran.stdout], [status, ""], words.join(" ").slice(0, 100));
  }
});

test("what is named twice is meant once", async () => {
  const created = await ottla.run(["topics", "create", "twice", "twice"]);
  assert.deepEqual([created.status, created.stdout], [0, "Created twice: 1 partition, 1 replica.\n"]);
  const again = await ottla.run(["topics", "create", "twice", "twice"]);
  assert.deepEqual([again.status, again.stderr.split("\n").length], [1, 2]);
  const read = await ottla.run(["consume", "t", "-e", "-p", "0", "-p", "0"]);
  assert.deepEqual([read.status, read.stdout], [0, "a\nb\n"]);
  const listed = await ottla.run(["offsets", "list", "t", "t:0", "t:0,0", "--json"]);
  assert.deepEqual([listed.status, (JSON.parse(listed.stdout) as unknown[]).length], [0, 1]);
  assert.deepEqual((await ottla.run(["topics", "delete", "twice", "twice"])).stdout, "Deleted twice.\n");
});

/** Most commands end by themselves long before; of those that do not, such as reading on, each line costs this. */
const ENDED_AFTER_MS = runsOf({ quick: 1000, long: 5000 });

test("no command answers odd words with a name that only a program knows, or leaves files called by them", async () => {
  const found: string[] = [];
  for (const command of commands) {
    if (command.kind === "server") continue;
    const run = async (words: string[]): Promise<void> => {
      const { stderr } = await ottla.run(words, { signal: AbortSignal.timeout(ENDED_AFTER_MS) });
      if (INTERNAL.test(stderr)) found.push(`${words.map((word) => word.slice(0, 40)).join(" ")} → ${stderr.slice(0, 200)}`);
    };
    await Promise.all(Array.from(oddLines(command), run));
  }
  assert.deepEqual(found, []);
  assert.deepEqual(
    readdirSync(workingFolder).filter((name) => name !== ORDINARY),
    [],
  );
});

/** So many of the odd texts and numbers of each option and argument; which of them is another for the next one. */
const ODD_PER_OPTION = runsOf({ quick: 1, long: ODD_TEXTS.length });
const ODD_PER_ARGUMENT = runsOf({ quick: 2, long: ODD_TEXTS.length });

let oddOnes = 0;
/** As many of them as asked for, beginning where the last call ended. */
function someOf(odd: readonly string[], count: number): string[] {
  return Array.from({ length: Math.min(count, odd.length) }, () => odd[oddOnes++ % odd.length]!);
}

/** Lines of the command where one word is odd. */
function* oddLines({ path, arguments: specs = [], options }: CommandSpec): Generator<string[]> {
  const ordinary = specs.map(({ name }) => (name === "type" ? "topic" : name === "setting" ? "retention.ms=1000" : ORDINARY));
  const ends = [...(path[0] === "consume" ? ["-e"] : []), ...(path[0] === "perf" ? ["-n", "1"] : [])];
  if (options.some(({ name }) => name === "ca")) ends.push("--ca", folder);
  const isWrittenTo = ["schemas export", "connect new"].includes(path.join(" "));
  for (const [i] of isWrittenTo ? [] : specs.entries())
    for (const odd of someOf(ODD_TEXTS, ODD_PER_ARGUMENT))
      yield [...path, ...ends, "--", ...ordinary.slice(0, i), odd, ...ordinary.slice(i + 1)];
  for (const { name, kind } of isWrittenTo
    ? options.filter((option) => option.name !== "connect-plugins").filter(isTried)
    : options.filter(isTried))
    for (const odd of someOf(kind === "number" ? ODD_NUMBERS : ODD_TEXTS, ODD_PER_OPTION))
      yield [...path, ...ordinary, ...ends, `--${name}=${odd}`];
}

/** Not those that say where the cluster is: they cost a time-out each; nor where files are written. */
function isTried({ name, kind, choices }: OptionSpec): boolean {
  return (
    kind !== "flag" &&
    choices === undefined &&
    !["bootstrap-server", "command-config", "ca", "fix", "write-baseline", "out", ...AMOUNTS].includes(name)
  );
}
