import type { OptionSpec } from "../command.ts";

export const DEFAULT_REGISTRY_URL = "http://127.0.0.1:8081";

/** Where the registry is, and what it must know of who asks. */
export const REGISTRY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "registry-url",
    kind: "text",
    placeholder: "URL,…",
    summary: "where the Schema Registry is",
    defaultText: `OTTLA_REGISTRY_URL or ${DEFAULT_REGISTRY_URL}`,
  },
  { name: "registry-user", kind: "text", placeholder: "USER", summary: "log in as; the password is in OTTLA_REGISTRY_PASSWORD" },
  { name: "registry-ca", kind: "text", placeholder: "FILE", summary: "certificates (PEM) to trust in place of the system's" },
];

/** The same for commands that do not talk to brokers as well. */
export const REGISTRY_COMMAND_OPTIONS: readonly OptionSpec[] = [
  ...REGISTRY_OPTIONS,
  {
    name: "command-config",
    kind: "text",
    placeholder: "FILE",
    summary: "properties: schema.registry.url, basic.auth.user.info, bearer.auth.token, schema.registry.ssl.*",
  },
];
