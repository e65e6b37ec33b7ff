import { printable } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { connectorPath, connectRestOf } from "../../connect/connect-rest.ts";
import { printJson } from "../../output.ts";
import type { ConnectorStatus } from "./connector-answers.ts";

interface Offsets {
  readonly offsets: readonly { readonly partition: object; readonly offset: object }[];
}

export const showConnector: RunCommand = async (context) => {
  const [name = ""] = context.positionals;
  const rest = connectRestOf(context);
  const status = await rest.get<ConnectorStatus>(connectorPath(name, "/status"));
  const { offsets } = await rest.get<Offsets>(connectorPath(name, "/offsets"));
  const isFailed = [status.connector, ...status.tasks].some(({ state }) => state === "FAILED");
  if (context.options.has("json")) {
    printJson(context, { ...status, offsets });
    return isFailed ? 1 : 0;
  }
  const lines = [
    `${status.name}: ${status.type}, ${status.connector.state} on ${status.connector.worker_id}`,
    ...traceLines(status.connector.trace),
  ];
  for (const task of status.tasks) lines.push(`task ${task.id}: ${task.state} on ${task.worker_id}`, ...traceLines(task.trace));
  for (const { partition, offset } of offsets) lines.push(`at ${JSON.stringify(partition)}: ${JSON.stringify(offset)}`);
  context.stdout.write(`${lines.map((line) => printable(line)).join("\n")}\n`);
  return isFailed ? 1 : 0;
};

/** Its first line says what happened. */
function traceLines(trace: string | undefined): string[] {
  return trace === undefined ? [] : [`  ${trace.split("\n")[0] ?? ""}`];
}
