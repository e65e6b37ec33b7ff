import type { RunCommand } from "../../command.ts";
import { ConnectRest } from "../../connect/connect-rest.ts";
import { printJson, shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";

interface Report {
  readonly error_count: number;
  readonly configs: readonly { readonly value: { readonly name: string; readonly errors: readonly string[] } }[];
  readonly warnings?: readonly string[];
}

export const validateConnector: RunCommand = async (context) => {
  const { name, config } = readConnectorFile(context.positionals[0] ?? "");
  const plugin = encodeURIComponent(config["connector.class"] ?? "none");
  const report = (await new ConnectRest(context).send("PUT", `/connector-plugins/${plugin}/config/validate`, config)) as Report;
  if (context.options.has("json")) printJson(context, report);
  else {
    for (const { value } of report.configs) for (const error of value.errors) context.stdout.write(shown`error: ${value.name}: ${error}\n`);
    for (const warning of report.warnings ?? []) context.stdout.write(shown`warning: ${warning}\n`);
    if (report.error_count === 0) context.stdout.write(shown`${name} can be created as it is.\n`);
  }
  return report.error_count === 0 ? 0 : 1;
};
