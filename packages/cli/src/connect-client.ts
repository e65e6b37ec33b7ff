import { readFileSync } from "node:fs";
import { parseJavaProperties } from "@ottla/base";
import { type Client, type ClientOptions, clientOptionsFromProperties, createClient } from "@ottla/client";
import { DEFAULT_BOOTSTRAP_SERVER } from "./cluster-options.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** The properties of `--command-config`; empty without the option. */
export function commandConfig({ options }: CommandContext): Map<string, string> {
  const file = options.text("command-config");
  if (file === undefined) return new Map();
  try {
    return parseJavaProperties(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`The properties file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check --command-config.`);
  }
}

/** A client for the cluster that the command line names. */
export function connectClient(context: CommandContext, more: Partial<ClientOptions> = {}): Client {
  const bootstrapServers = context.options.text("bootstrap-server") ?? context.env["OTTLA_BOOTSTRAP_SERVER"] ?? DEFAULT_BOOTSTRAP_SERVER;
  return createClient({ clientId: "ottla-cli", ...clientOptionsFromProperties(commandConfig(context)), bootstrapServers, ...more });
}

/** Runs `use` with a client and closes it whatever happens. */
export async function withClient<Result>(context: CommandContext, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = connectClient(context);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
