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
  { name: "read-only", kind: "flag", summary: "the console changes nothing" },
];
