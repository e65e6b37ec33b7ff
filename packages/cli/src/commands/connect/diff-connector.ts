import type { RunCommand } from "../../command.ts";
import { connectorPath, type ConnectRest, connectRestOf } from "../../connect/connect-rest.ts";
import { printJson, shown } from "../../output.ts";
import { type ConnectorStatus, readConnectorFile } from "./connector-answers.ts";
import { changesOf, type ConnectorChanges, validated } from "./connector-changes.ts";
import { showDifferences } from "./show-changes.ts";

export const diffConnector: RunCommand = async (context) => {
  const written = readConnectorFile(context.positionals[0] ?? "");
  const { name, config } = written;
  const rest = connectRestOf(context);
  const report = await validated(rest, config);
  const changes = await changesOf(rest, written, report);
  const errors = report.configs.flatMap(({ value }) => value.errors.map((error) => `${value.name}: ${error}`));
  const plan = await planOf(rest, name, changes, errors.length > 0);
  if (context.options.has("json")) printJson(context, { name, ...changes, plan, errors, warnings: report.warnings ?? [] });
  else {
    showDifferences(context, changes);
    for (const error of errors) context.stdout.write(shown`error: ${error}\n`);
    for (const warning of report.warnings ?? []) context.stdout.write(shown`warning: ${warning}\n`);
    context.stdout.write(shown`${plan}\n`);
  }
  return changes.outcome === "unchanged" && errors.length === 0 ? 0 : 1;
};

/** What "ottla connect apply" would do, in a sentence. */
async function planOf(rest: ConnectRest, name: string, { outcome, unseen }: ConnectorChanges, isRefused: boolean): Promise<string> {
  if (isRefused) return `${name} would be refused.`;
  if (outcome === "created") return `${name} would be created, and its tasks started.`;
  if (outcome === "unchanged")
    return unseen.length === 0 ? `${name} is as the file says.` : `${name} is as the file says, as far as can be seen.`;
  const { tasks } = await rest.get<ConnectorStatus>(connectorPath(name, "/status"));
  return `${name} would be changed, and its ${tasks.length === 1 ? "task" : `${tasks.length} tasks`} started again.`;
}
