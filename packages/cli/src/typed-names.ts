import { propertyOfOption } from "@ottla/client";
import type { CommandContext } from "./command.ts";

/** Options of client and broker that the command line has an option for. */
const COMMAND_OPTIONS: Readonly<Record<string, string>> = {
  bootstrapServers: "bootstrap-server",
  groupId: "group",
  isolationLevel: "isolation-level",
  acks: "acks",
  compression: "compression",
  host: "host",
  port: "port",
  brokers: "brokers",
  dataDirectory: "data-dir",
};

/**
 * The sentence of an `INVALID_OPTION` with the name that the user knows the option by: what was typed, the environment's, or Kafka's property. Such sentences begin
 * with the name that the option has in TypeScript.
 */
export function withTypedName(sentence: string, { options, env }: Pick<CommandContext, "options" | "env">): string {
  const [name = ""] = /^[a-z][A-Za-z]*/.exec(sentence) ?? [];
  const option = COMMAND_OPTIONS[name];
  const isInEnvironment = name === "bootstrapServers" && env["OTTLA_BOOTSTRAP_SERVER"] !== undefined;
  const typed =
    option !== undefined && options.has(option) ? `--${option}` : isInEnvironment ? "OTTLA_BOOTSTRAP_SERVER" : propertyOfOption(name);
  return typed === undefined ? sentence : typed + sentence.slice(name.length);
}
