import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const dlqCommands: readonly CommandSpec[] = [
  {
    path: ["dlq", "list"],
    summary: "list dead-letter topics, and why their records are there",
    description:
      "Reads what consumers that run with a dead-letter topic have put there: how many records of which topic and group failed with which error, since\nwhen, and how many wait for a replay. Without a topic it looks for such topics by the last record of each partition.",
    arguments: [{ name: "topic", summary: "a dead-letter topic", optional: true, variadic: true }],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla dlq list", does: "all dead letters of the cluster" },
      { command: "ottla dlq list orders.dead", does: "what is in one topic" },
    ],
    load: async () => (await import("./list-dead-letters.ts")).listDeadLetters,
  },
  {
    path: ["dlq", "show"],
    summary: "show dead letters with their stories",
    arguments: [{ name: "topic", summary: "TOPIC, or TOPIC:0,3 for some partitions" }],
    options: [
      { name: "origin", kind: "text", placeholder: "TOPIC", summary: "only records that were sent to this topic" },
      { name: "error", kind: "text", placeholder: "TEXT", summary: "only records whose error's name or message holds this" },
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "at most so many", defaultText: "20" },
      { name: "stack", kind: "flag", summary: "show where the error came from, too" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla dlq show orders.dead", does: "the first 20, with value, error, origin and tries" },
      { command: "ottla dlq show orders.dead --error Timeout -n 5 --json", does: "five that timed out, for a program" },
    ],
    load: async () => (await import("./show-dead-letters.ts")).showDeadLetters,
  },
  {
    path: ["dlq", "replay"],
    summary: "send dead letters back to where they came from, each once",
    description:
      'Sends each record, with the key, the value and the headers it had, to the partition it came from. Records and the position of the replay are committed\ntogether in transactions, under the group "ottla-dlq-replay.TOPIC": whatever happens in between, the next replay goes on behind what was sent, and of two at the\nsame time the older one is stopped. Offsets of that group may be moved by "ottla offsets" to send some again or to pass some over. The cluster forgets them when nothing was replayed for\noffsets.retention.minutes (7 days): letters that are older, and of which no position is kept, are sent with --from-beginning only.',
    arguments: [{ name: "topic", summary: "the dead-letter topic" }],
    options: [
      { name: "to", kind: "text", placeholder: "TOPIC", summary: "send all of them there", defaultText: "where each came from" },
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "at most so many", defaultText: "all that are there now" },
      {
        name: "edits",
        kind: "text",
        placeholder: "FILE",
        summary: 'records of show --json, changed: sent so; with "skip": true passed over',
      },
      { name: "rate", kind: "number", placeholder: "N", summary: "at most so many a second", defaultText: "as fast as it goes" },
      { name: "from-beginning", kind: "flag", summary: "also letters so old that the cluster may have forgotten that they were sent" },
      { name: "dry-run", kind: "flag", summary: "say what would be sent, and send nothing" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla dlq replay orders.dead --dry-run", does: "how many would go where" },
      { command: "ottla dlq replay orders.dead -n 10", does: "sends the next ten" },
      { command: "ottla dlq replay orders.dead --edits fixed.json --rate 100", does: "sends edited records in place of those, slowly" },
    ],
    load: async () => (await import("./replay-dead-letters.ts")).replayDeadLetters,
  },
];

/** The same for connectors' dead letters, by Connect's words. */
export const connectDeadLetterCommands: readonly CommandSpec[] = dlqCommands.map((spec) => {
  const verb = spec.path[1] === "replay" ? "redrive" : (spec.path[1] ?? "");
  return {
    ...spec,
    path: ["connect", "dead-letters", verb],
    examples: (spec.examples ?? []).map((example) => ({
      ...example,
      command: example.command.replace(/^ottla dlq \w+/, `ottla connect dead-letters ${verb}`),
    })),
  };
});
