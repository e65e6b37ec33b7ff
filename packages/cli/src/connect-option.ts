import type { OptionSpec } from "./command.ts";

/** Of every command that serves Connect. */
export const CONNECT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "connect-port",
    kind: "number",
    placeholder: "PORT",
    summary: "Connect's port; 0 takes any free one",
    defaultText: "8083, or a free one",
  },
  { name: "connect-config", kind: "text", placeholder: "FILE", summary: "a worker's properties in Connect's names" },
  {
    name: "connect-plugins",
    kind: "text",
    placeholder: "DIR",
    summary: "where plugins are, each a .ts or .js file",
    defaultText: "connectors",
  },
];
