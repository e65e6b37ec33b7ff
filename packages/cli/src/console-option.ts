import type { OptionSpec } from "./command.ts";

/** Of every command that serves the console. */
export const CONSOLE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "console-port",
    kind: "number",
    placeholder: "PORT",
    summary: "the console's port; 0 takes any free one",
    defaultText: "8080, or a free one",
  },
  {
    name: "console-registry-url",
    kind: "text",
    placeholder: "URL",
    summary: "the Schema Registry that the console shows",
    defaultText: "the one that is served with it",
  },
  {
    name: "console-connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "the Connect that the console shows",
    defaultText: "the one that is served with it",
  },
  { name: "read-only", kind: "flag", summary: "the console changes nothing" },
];
