import type { RunCommand } from "../../command.ts";
import { connectRestOf } from "../../connect/connect-rest.ts";
import { printJson, shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";
import { validated } from "./connector-changes.ts";

export const validateConnector: RunCommand = async (context) => {
  const { name, config } = readConnectorFile(context.positionals[0] ?? "");
  const report = await validated(connectRestOf(context), config);
  if (context.options.has("json")) printJson(context, report);
  else {
    for (const { value } of report.configs) for (const error of value.errors) context.stdout.write(shown`error: ${value.name}: ${error}\n`);
    for (const warning of report.warnings ?? []) context.stdout.write(shown`warning: ${warning}\n`);
    if (report.error_count === 0) context.stdout.write(shown`${name} can be created as it is.\n`);
  }
  return report.error_count === 0 ? 0 : 1;
};
