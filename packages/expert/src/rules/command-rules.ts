import { ownValue } from "@ottla/base";
import { optionsOfTool } from "../catalogue/tool-options.ts";
import type { KafkaCommand } from "../lint/kafka-command.ts";
import type { Hit, RuleFacts } from "./rule.ts";

/** What a rule met in a command. */
interface CommandHit extends Hit {
  readonly line: number;
}

/** A rule over calls of Kafka's tools. */
export interface CommandRule extends RuleFacts {
  readonly check: (command: KafkaCommand) => readonly CommandHit[];
  /** Scripts that make it speak, and the same made right. */
  readonly examples: readonly { readonly script: string; readonly hits: 0 | 1 }[];
}

const GONE_TOOLS: Readonly<Record<string, string>> = {
  "preferred-replica-election": "kafka-leader-election.sh --election-type preferred",
  "mirror-maker": "connect-mirror-maker.sh",
  "zookeeper-shell": "kafka-metadata-shell.sh",
  "zookeeper-server-start": "kafka-server-start.sh with process.roles",
  "zookeeper-server-stop": "kafka-server-stop.sh",
  "zookeeper-security-migration": "nothing: there is no ZooKeeper",
};

const GONE_CLASSES: Readonly<Record<string, string>> = {
  "kafka.tools.JmxTool": "kafka-jmx.sh",
  "kafka.tools.EndToEndLatency": "kafka-e2e-latency.sh",
  "kafka.tools.GetOffsetShell": "kafka-get-offsets.sh",
  "kafka.tools.ConsumerOffsetChecker": "kafka-consumer-groups.sh --describe",
  "kafka.tools.MirrorMaker": "connect-mirror-maker.sh",
  "kafka.tools.ReplicaVerificationTool": "kafka-replica-verification.sh",
  "kafka.tools.ConsoleConsumer": "kafka-console-consumer.sh",
  "kafka.tools.ConsoleProducer": "kafka-console-producer.sh",
  "kafka.tools.StreamsResetter": "kafka-streams-application-reset.sh",
  "kafka.admin.TopicCommand": "kafka-topics.sh",
  "kafka.admin.ConsumerGroupCommand": "kafka-consumer-groups.sh",
};

/** Options that tools had, and what stands in their place. */
const GONE_OPTIONS: Readonly<Record<string, string>> = {
  zookeeper: "--bootstrap-server",
  "broker-list": "--bootstrap-server",
  "new-consumer": "nothing: there is no other consumer",
  threads: "nothing: run several of them",
  "num-fetch-threads": "nothing",
  "num-threads": "nothing",
};

/** Tools that must be told where the cluster is. */
const NEEDS_SERVER = new Set([
  "topics",
  "configs",
  "consumer-groups",
  "acls",
  "console-consumer",
  "console-producer",
  "reassign-partitions",
  "log-dirs",
  "get-offsets",
  "leader-election",
  "delete-records",
  "consumer-perf-test",
  "share-groups",
  "streams-groups",
]);

/** What is abbreviated to the only option that begins so is understood. */
function isUnderstood(name: string, known: ReadonlyMap<string, unknown>): boolean {
  return known.has(name) || [...known.keys()].filter((each) => each.startsWith(name)).length === 1;
}

const facts = { confidence: "high", source: "the tools of Apache Kafka 4.4, and the upgrade notes of 4.0 and 4.2" } as const;

/** Rules over calls of Kafka's tools in scripts and documents. */
export const commandRules: readonly CommandRule[] = [
  {
    ...facts,
    id: "CMD-01",
    name: "broken-continuation",
    severity: "error",
    condition: "a blank or a comment behind the backslash at the end of a command's line",
    why: "The shell ends the command there, and runs the options below as a command of their own: what was asked for is half done.",
    fix: "Put comments on lines of their own before the command; let the backslash be the last thing on its line.",
    source: "POSIX shell grammar",
    check: ({ brokenAt, tool }) =>
      brokenAt === undefined
        ? []
        : [
            {
              line: brokenAt,
              message: `The backslash is not the last on its line: the options below are not given to kafka-${tool}.`,
              evidence: "The next command begins with --.",
            },
          ],
    examples: [
      {
        script: "kafka-topics.sh --bootstrap-server a:1 --create --topic t \\  # three days\n  --config retention.ms=259200000\n",
        hits: 1,
      },
      {
        script: "# three days\nkafka-topics.sh --bootstrap-server a:1 --create --topic t \\\n  --config retention.ms=259200000\n",
        hits: 0,
      },
    ],
  },
  {
    ...facts,
    id: "CMD-02",
    name: "removed-tool",
    severity: "error",
    condition: "a script or a class of Kafka's tools that is gone",
    why: "Kafka 4 does not have it.",
    fix: "Use what stands in its place.",
    check: ({ tool, line, words }) => {
      const isClass = tool === "run-class";
      const word = isClass ? words.find(({ text }) => ownValue(GONE_CLASSES, text) !== undefined) : undefined;
      const now = isClass ? ownValue(GONE_CLASSES, word?.text ?? "") : ownValue(GONE_TOOLS, tool);
      return now === undefined
        ? []
        : [
            {
              line: word?.line ?? line,
              message: `${word?.text ?? `${tool.startsWith("zookeeper") ? "" : "kafka-"}${tool}`} is gone since Kafka 4.0.`,
              evidence: word?.text ?? tool,
              fix: `Use ${now}.`,
            },
          ];
    },
    examples: [
      { script: "kafka-run-class kafka.tools.JmxTool --object-name x\n", hits: 1 },
      { script: "zookeeper-shell.sh localhost:2181 ls /brokers/ids\n", hits: 1 },
      { script: "kafka-jmx.sh --object-name x\n", hits: 0 },
    ],
  },
  {
    ...facts,
    id: "CMD-03",
    name: "removed-option",
    severity: "error",
    condition: "an option that the tool had and has no more: --zookeeper, --broker-list, --threads",
    why: "The tool prints its help and does nothing.",
    fix: "Write what stands in its place.",
    check: ({ tool, options }) => {
      const known = optionsOfTool(tool);
      return options.flatMap(({ name, line, text }) => {
        const now = ownValue(GONE_OPTIONS, name);
        return now !== undefined && known && !known.has(name)
          ? [{ line, key: text, message: `kafka-${tool} has no --${name} any more.`, evidence: text, fix: `Instead: ${now}.` }]
          : [];
      });
    },
    examples: [
      { script: "kafka-topics.sh --zookeeper zk:2181 --list\n", hits: 1 },
      { script: "kafka-consumer-perf-test --topic t --broker-list a:1 --num-records 5\n", hits: 1 },
      { script: "kafka-topics.sh --bootstrap-server a:1 --list\n", hits: 0 },
    ],
  },
  {
    ...facts,
    id: "CMD-04",
    name: "unknown-option",
    severity: "error",
    condition: "an option that the tool of Kafka 4.4 does not know",
    why: "The tool prints its help and does nothing.",
    fix: "Look it up with --help.",
    check: ({ tool, options }) => {
      const known = optionsOfTool(tool);
      return known
        ? options
            .filter(
              ({ name, text }) =>
                text.startsWith("--") && !isUnderstood(name, known) && ownValue(GONE_OPTIONS, name) === undefined && !/[$`]/.test(text),
            )
            .map(({ line, text, name }) => ({ line, key: text, message: `kafka-${tool} knows no --${name}.`, evidence: text }))
        : [];
    },
    examples: [
      { script: "kafka-topics.sh --bootstrap-server a:1 --create --topic t --partition-count 3\n", hits: 1 },
      { script: "kafka-topics.sh --bootstrap-server a:1 --create --topic t --partitions 3\n", hits: 0 },
    ],
  },
  {
    ...facts,
    id: "CMD-05",
    name: "deprecated-option",
    severity: "info",
    condition: "an option that ends in Kafka 5",
    why: "It prints a warning now, and is refused after the upgrade.",
    fix: "Use --command-config, --command-property, --num-records, --formatter-property or --reader-property.",
    check: ({ tool, options }) => {
      const known = optionsOfTool(tool);
      return options
        .filter(({ name }) => known?.get(name)?.isDeprecated)
        .map(({ line, text, name }) => ({ line, key: text, message: `--${name} of kafka-${tool} is deprecated.`, evidence: text }));
    },
    examples: [
      { script: "kafka-consumer-perf-test.sh --bootstrap-server a:1 --topic t --messages 5\n", hits: 1 },
      { script: "kafka-consumer-perf-test.sh --bootstrap-server a:1 --topic t --num-records 5\n", hits: 0 },
    ],
  },
  {
    ...facts,
    id: "CMD-06",
    name: "bootstrap-of-command",
    severity: "error",
    condition: "a tool that is not told where the cluster is, or servers with blanks between them",
    why: "Since 4.0 a list with blanks is refused; without --bootstrap-server the tool does nothing.",
    fix: "Name the servers with commas: --bootstrap-server a:9092,b:9092.",
    check: ({ tool, line, options, words, brokenAt }) => {
      const server = options.find(({ name }) => name === "bootstrap-server");
      const list = server?.values.filter(({ text }) => /^[\w.-]+:\d+,?$/.test(text)) ?? [];
      const blank = server?.values.find(({ text }) => /:\d+\s+\S/.test(text));
      if (server && (list.length > 1 || blank))
        return [
          {
            line: server.line,
            key: "--bootstrap-server",
            message: "The servers are separated by blanks.",
            evidence: (blank ? [blank] : list).map(({ text }) => text).join(" "),
          },
        ];
      const isHelp = words.some(({ text }) => /^--(help|version)$/.test(text)) || options.length === 0;
      const isElsewhere =
        brokenAt !== undefined ||
        words.some(({ text }) => /^["']?\$[{(@*A-Za-z]/.test(text)) ||
        options.some(({ name }) => name === "bootstrap-controller" || ownValue(GONE_OPTIONS, name) !== undefined);
      return !server && NEEDS_SERVER.has(tool) && !isHelp && !isElsewhere
        ? [{ line, message: `kafka-${tool} is not told where the cluster is.`, evidence: "There is no --bootstrap-server." }]
        : [];
    },
    examples: [
      { script: "kafka-topics --create --topic t --partitions 3\n", hits: 1 },
      { script: 'kafka-topics --bootstrap-server "a:9092 b:9092" --list\n', hits: 1 },
      { script: "kafka-topics --bootstrap-server a:9092,b:9092 --list\n", hits: 0 },
    ],
  },
  {
    ...facts,
    id: "CMD-07",
    name: "partitions-of-keyed",
    severity: "warning",
    confidence: "needs context",
    condition: "a command that adds partitions to a topic",
    why: "It cannot be undone; keys move to other partitions, so that their order breaks, and the state of Streams applications is with the wrong task.",
    fix: "Where keys matter, make a new topic and move to it.",
    check: ({ tool, options, line }) => {
      const has = (word: string): boolean => options.some(({ name }) => name === word);
      return tool === "topics" && has("alter") && has("partitions")
        ? [{ line, message: "Keys go to other partitions from then on, and there is no way back.", evidence: "--alter --partitions" }]
        : [];
    },
    examples: [
      { script: "kafka-topics.sh --bootstrap-server a:1 --alter --topic t --partitions 24\n", hits: 1 },
      { script: "kafka-topics.sh --bootstrap-server a:1 --describe --topic t\n", hits: 0 },
    ],
  },
];
