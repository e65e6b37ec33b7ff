import { actionAuditOptions } from "./action-audit-options.ts";
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
  {
    name: "connect-users",
    kind: "text",
    placeholder: "FILE",
    summary: "who may log in at Connect and with which role, as YAML; read again when it changes",
    defaultText: "everybody, without a login",
  },
  { name: "connect-certificate", kind: "text", placeholder: "FILE", summary: "serve Connect by HTTPS with these certificates (PEM)" },
  { name: "connect-key", kind: "text", placeholder: "FILE", summary: "their key (PEM)" },
  {
    name: "connect-ca",
    kind: "text",
    placeholder: "FILE",
    summary: "what certificates of other workers, and of users who log in by one, are checked with (PEM)",
  },
  {
    name: "connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "where other workers find this one",
    defaultText: "where it listens",
  },
  ...actionAuditOptions("connect", "Connect's REST API"),
];
