import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "./commands/index.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { findCommand, parseCommandLine } from "./parse-command-line.ts";

const WIDTH = 100;

test("every command has a help page with examples that fits the terminal", () => {
  for (const command of commands) {
    const help = commandHelp(command, WIDTH);
    assert.ok(command.examples.length > 0, command.path.join(" "));
    const long = help.split("\n").filter((line) => line.length > WIDTH);
    assert.deepEqual(long, [], command.path.join(" "));
  }
});

test("every example is a command line that parses", () => {
  for (const command of commands) {
    for (const example of command.examples) {
      const line = /ottla (?!completion bash\)")[^|<>]*/.exec(example.command)?.[0] ?? "";
      const words = (line.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) => word.replaceAll("'", ""));
      if (words.length === 0) continue;
      const found = findCommand(commands, words);
      assert.ok(found, example.command);
      parseCommandLine(found.command, found.rest);
    }
  }
});

test("no command has an option twice, long or short", () => {
  for (const { path, options } of commands) {
    const names = options.flatMap(({ name, short }) => (short ? [name, short] : [name]));
    assert.deepEqual(names, [...new Set(names)], path.join(" "));
  }
});

test("a page shows usage, arguments, options with defaults, and examples", () => {
  const command = commands.find(({ path }) => path.join(" ") === "offsets delete")!;
  assert.equal(
    commandHelp(command, WIDTH),
    `Forget what a group has committed for topics.

Usage: ottla offsets delete GROUP [options]

Arguments:
  GROUP  the group's id

Options:
  -t, --topic TOPIC[:P,…]             a topic, or some of its partitions
      --json                          print JSON, for programs
  -b, --bootstrap-server HOST:PORT,…  where the cluster is (default: OTTLA_BOOTSTRAP_SERVER or
                                      127.0.0.1:9092)
      --command-config FILE           client properties in Kafka's names
  -h, --help                          show this help

Examples:
  # the group starts anew on this topic
  ottla offsets delete billing -t orders
`,
  );
});

test("the overview names each command once", () => {
  const overview = overviewHelp(commands, [], WIDTH);
  for (const { path } of commands) assert.equal(overview.split(`\n  ${path.join(" ")}  `).length, 2, path.join(" "));
});
