import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

/** How a topology can be shown. */
export const FORMATS = ["tree", "text", "mermaid", "dot"] as const;

/** How long a module may take to make its topology, unless told. */
export const TIMEOUT_MS = 10_000;

const APPLICATION = { name: "application", summary: "its application.id, which is its group's id" };
const FOR: OptionSpec = {
  name: "for",
  kind: "number",
  placeholder: "SECONDS",
  summary: "watch for so long before judging",
  defaultText: "0: one look",
};

export const streamsCommands: readonly CommandSpec[] = [
  {
    path: ["streams", "list"],
    summary: "show which groups are streams applications",
    description:
      "Those of Ottla and of Java by the protocol that their members speak, streams groups (KIP-1071) by their type, and groups without members by the topics that an application of their name made for itself.",
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla streams list", does: "applications with their state, members and topics" }],
    load: async () => (await import("./list-applications.ts")).listApplications,
  },
  {
    path: ["streams", "describe"],
    summary: "show an application's instances, their tasks, copies and lag",
    description:
      "Of Ottla's own applications also the processes, where they can be asked, and which standby copies they keep, which is read from what the members tell each other; of Java's what they are assigned.",
    arguments: [
      { name: "application", summary: "its application.id; or the FILE of a module: its topology, as streams topology draws it" },
    ],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla streams describe orders-by-customer", does: "who has what, and how far each is" },
      { command: "ottla streams describe paid-orders.ts", does: "the topology that the module makes, drawn" },
    ],
    load: async () => (await import("./describe-application.ts")).describeApplication,
  },
  {
    path: ["streams", "lag"],
    summary: "how far an application is behind, topic by topic",
    description: "Rates, and when it will have caught up, need several looks: --for.",
    arguments: [APPLICATION],
    options: [
      FOR,
      { name: "every", kind: "number", placeholder: "SECONDS", summary: "look so often", defaultText: "2" },
      { name: "partitions", short: "p", kind: "flag", summary: "also each partition" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla streams lag orders-by-customer --for 30", does: "the rates of half a minute, and the time to catch up" }],
    load: async () => (await import("./application-lag.ts")).applicationLag,
  },
  {
    path: ["streams", "why"],
    summary: "why nothing comes out of an application",
    description:
      "An instance that serves HTTP (app.serve()) says it of itself: which window waits for what, what was dropped where, what a task waits for. By its application.id the cluster alone is asked: empty or missing topics, partitions that nobody has, open transactions, a group that is being divided.",
    arguments: [{ name: "application", summary: "its application.id, or the URL of an instance" }],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla streams why http://127.0.0.1:7070", does: "what an instance says of itself" },
      { command: "ottla streams why orders-by-customer", does: "what the cluster says" },
    ],
    load: async () => (await import("./why-nothing.ts")).whyNothing,
  },
  {
    path: ["streams", "reset"],
    summary: "let an application without instances process its input again",
    description:
      "As kafka-streams-application-reset: moves the offsets of its input topics (to the earliest unless told), lets intermediate topics be read from their end, and deletes its own topics. Refuses while members are active. Nothing brings deleted topics back: look with --dry-run first. " +
      "State on the disks of instances stays: remove their folders (stateDir/ID) before they start again.",
    arguments: [APPLICATION],
    options: [
      {
        name: "input-topics",
        kind: "text",
        repeatable: true,
        placeholder: "TOPIC,…",
        summary: "topics of others that it reads; none: offsets stay",
      },
      {
        name: "intermediate-topics",
        kind: "text",
        repeatable: true,
        placeholder: "TOPIC,…",
        summary: "topics that it both writes and reads",
      },
      {
        name: "internal-topics",
        kind: "text",
        repeatable: true,
        placeholder: "TOPIC,…",
        summary: "delete these of its own only",
        defaultText: "all",
      },
      { name: "to-earliest", kind: "flag", summary: "to the first record; so it is unless told" },
      { name: "to-latest", kind: "flag", summary: "behind the last record" },
      { name: "to-offset", kind: "number", placeholder: "N", summary: "to that offset" },
      {
        name: "to-datetime",
        kind: "text",
        placeholder: "TIME",
        summary: "to the first record from then on (2026-01-31T12:00:00.000, UTC unless it says otherwise)",
      },
      { name: "by-duration", kind: "text", placeholder: "PnDTnHnMnS", summary: "to the first record of so long ago" },
      { name: "shift-by", kind: "number", placeholder: "N", summary: "so many records on, or back with -N" },
      { name: "from-file", kind: "text", placeholder: "FILE", summary: "to the offsets of a CSV file: topic,partition,offset" },
      {
        name: "force",
        kind: "flag",
        summary: "take members out of the group first: those of instances that are stopped and whose session is not over",
      },
      { name: "dry-run", kind: "flag", summary: "show what would be done" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      {
        command: "ottla streams reset orders-by-customer --input-topics orders --dry-run",
        does: "what processing everything again would mean",
      },
      {
        command: "ottla streams reset orders-by-customer --input-topics orders --to-datetime 2026-01-31T12:00:00.000",
        does: "from noon on",
      },
    ],
    load: async () => (await import("./reset-application.ts")).resetApplication,
  },
  {
    path: ["streams", "topology"],
    summary: "draw the topology that a program makes, or that an instance runs",
    description:
      "Of an instance that serves HTTP, by its URL: its sub-topologies with the records per second that go in and out and what waits, of all instances that it knows. Of a module: loads the module, which runs it in a thread of its own, and takes the topology that it exports, or what an exported function without parameters returns or promises. Nothing is connected to; what the module prints goes to standard error. The text is that of Java's Topology#describe().",
    arguments: [{ name: "FILE", summary: "a JavaScript or TypeScript module, or the URL of an instance" }],
    options: [
      { ...FOR, summary: "look at what runs for so long", defaultText: "1" },
      { name: "export", kind: "text", placeholder: "NAME", summary: "which of its exports, where there are several" },
      {
        name: "format",
        kind: "text",
        placeholder: "FORMAT",
        summary: `${FORMATS.join(", ")}`,
        defaultText: FORMATS[0],
        choices: FORMATS,
      },
      {
        name: "timeout-ms",
        kind: "number",
        placeholder: "MS",
        summary: "how long the module may take",
        defaultText: String(TIMEOUT_MS),
      },
      JSON_OPTION,
    ],
    examples: [
      { command: "ottla streams topology paid-orders.ts", does: "its sub-topologies, drawn" },
      { command: "ottla streams topology paid-orders.ts --format text", does: "as Java writes it" },
      { command: "ottla streams topology http://127.0.0.1:7070 --for 10", does: "as it runs: rates and lag, over ten seconds" },
      { command: "ottla streams topology app.js --export fraud --format mermaid", does: "a picture for a README" },
    ],
    load: async () => (await import("./show-topology.ts")).showTopology,
  },
];
