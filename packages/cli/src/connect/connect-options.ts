import type { OptionSpec } from "../command.ts";

export const DEFAULT_CONNECT_URL = "http://127.0.0.1:8083";

/** Where Connect is, and who asks it. */
export const CONNECT_REST_OPTIONS: readonly OptionSpec[] = [
  {
    name: "connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "where Connect's REST API is",
    defaultText: `OTTLA_CONNECT_URL or ${DEFAULT_CONNECT_URL}`,
  },
  { name: "user", kind: "text", placeholder: "USER", summary: "log in as", defaultText: "OTTLA_CONNECT_USER, or nobody" },
  {
    name: "password-file",
    kind: "text",
    placeholder: "FILE",
    summary: "a file with the password and nothing else",
    defaultText: "the password is in OTTLA_CONNECT_PASSWORD",
  },
  {
    name: "ca",
    kind: "text",
    placeholder: "FILE",
    summary: "certificates (PEM) to trust in place of the system's",
    defaultText: "OTTLA_CONNECT_CA",
  },
  { name: "certificate", kind: "text", placeholder: "FILE", summary: "log in by this certificate (PEM)" },
  { name: "key", kind: "text", placeholder: "FILE", summary: "its key (PEM)" },
];
