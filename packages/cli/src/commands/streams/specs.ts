import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

/** How a topology can be shown. */
export const FORMATS = ["tree", "text", "mermaid", "dot"] as const;

/** How long a module may take to make its topology, unless told. */
export const TIMEOUT_MS = 10_000;

export const streamsCommands: readonly CommandSpec[] = [
  {
    path: ["streams", "describe"],
    summary: "draw the topology that a program makes",
    description:
      "Loads the module, which runs it in a thread of its own, and takes the topology that it exports, or what an exported function without parameters returns or promises. Nothing is connected to; what the module prints goes to standard error. The text is that of Java's Topology#describe().",
    arguments: [{ name: "FILE", summary: "a JavaScript or TypeScript module" }],
    options: [
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
      { command: "ottla streams describe paid-orders.ts", does: "its sub-topologies, drawn" },
      { command: "ottla streams describe paid-orders.ts --format text", does: "as Java writes it" },
      { command: "ottla streams describe app.js --export fraud --format mermaid", does: "a picture for a README" },
    ],
    load: async () => (await import("./describe-streams.ts")).describeStreams,
  },
];
