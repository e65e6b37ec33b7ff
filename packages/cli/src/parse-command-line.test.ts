import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandSpec, UsageError } from "./command.ts";
import { meantChoice } from "./meant-choice.ts";
import { findCommand, parseCommandLine } from "./parse-command-line.ts";
import { runWords } from "./testing/command-line-fixture.ts";

const load = () => Promise.reject(new TypeError("not to be run"));
const spec: CommandSpec = {
  path: ["things", "move"],
  summary: "move things",
  arguments: [
    { name: "from", summary: "whence" },
    { name: "to", summary: "whither", variadic: true },
  ],
  options: [
    { name: "offset", short: "o", kind: "text", summary: "where" },
    { name: "count", short: "n", kind: "number", repeatable: true, summary: "how many" },
    { name: "codec", kind: "text", choices: ["lz4", "zstd"], summary: "how" },
    { name: "force", short: "f", kind: "flag", summary: "anyway" },
  ],
  examples: [],
  load,
};
const parse = (...words: string[]) => parseCommandLine(spec, words);
const refusal = (...words: string[]): string => {
  try {
    parse(...words);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail("it was accepted");
};

test("options stand anywhere, long and short, and the last of several wins", () => {
  const { options, positionals } = parse("-f", "a", "--count=1", "b", "-n", "2", "c");
  assert.deepEqual([...positionals], ["a", "b", "c"]);
  assert.equal(options.number("count"), 2);
  assert.deepEqual([...options.integers("count")], [1, 2]);
  assert.equal(options.has("force"), true);
  assert.equal(options.text("offset"), undefined);
});

test("a negative number is a value, not an option", () => {
  assert.equal(parse("a", "b", "-o", "-10").options.text("offset"), "-10");
  assert.equal(parse("a", "b", "--offset", "-10").options.text("offset"), "-10");
  assert.equal(parse("a", "b", "--count", "-1").options.number("count"), -1);
});

test("a choice is meant by any spelling of it", () => {
  assert.equal(parse("a", "b", "--codec", "LZ4").options.text("codec"), "lz4");
  const words = ["describe-configs", "describe", "read_committed", "1", "-1", "all"];
  const meant = [
    "DESCRIBE_CONFIGS",
    "DescribeConfigs",
    "describe_configs",
    "Describe",
    "READ-COMMITTED",
    "-1",
    "1",
    "ALL",
    "--1",
    "de",
    "",
  ];
  assert.deepEqual(
    meant.map((text) => meantChoice(words, text)),
    [...Array(3).fill("describe-configs"), "describe", "read_committed", "-1", "1", "all", ...Array(3).fill(undefined)],
  );
});

test("what cannot be meant is said in one sentence", () => {
  assert.match(refusal("a"), /^The argument TO is missing\. See "ottla things move --help"\.$/);
  assert.match(refusal("a", "b", "--bogus"), /^Unknown option '--bogus'\. See/);
  assert.match(refusal("a", "b", "--count", "many"), /^--count is "many", which is no number\./);
  assert.match(refusal("a", "b", "--codec", "rar"), /^--codec is "rar"; it must be one of lz4, zstd\.$/);
  assert.throws(() => parse("a", "b", "-n", "1.5").options.integer("count"), /--count is 1\.5; it must be a whole number from 0 up\./);
  assert.throws(() => parse("a", "b", "-n", "9").options.integer("count", 1, 8), /a whole number from 1 to 8/);
});

test("the longest path names the command", () => {
  const short: CommandSpec = { ...spec, path: ["things"] };
  assert.equal(findCommand([short, spec], ["things", "move", "a"])?.command, spec);
  assert.deepEqual(findCommand([short, spec], ["things", "more"]), { command: short, rest: ["more"] });
  assert.equal(findCommand([spec], ["things"]), undefined);
});

test("status is 0 for help and version, 2 for wrong usage", async () => {
  assert.deepEqual(await runWords(["--version"]), { status: 0, stdout: "0.0.0\n", stderr: "", bytes: Buffer.from("0.0.0\n") });
  assert.equal((await runWords(["--help"])).status, 0);
  assert.equal((await runWords(["topics", "--help"])).status, 0);
  const group = await runWords(["topics"]);
  assert.equal(group.status, 2);
  assert.match(group.stderr, /topics create/);
  const unknown = await runWords(["topix"]);
  assert.equal(unknown.status, 2);
  assert.equal(unknown.stderr, 'ottla: There is no command "topix"; "ottla --help" lists them.\n');
});
