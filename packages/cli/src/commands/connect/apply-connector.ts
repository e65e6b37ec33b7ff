import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { ConnectRest, connectorPath } from "../../connect/connect-rest.ts";
import { printJson, shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";

/** A setting that differs; undefined on a side where it is not. */
interface Difference {
  readonly setting: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export const applyConnector: RunCommand = async (context) => {
  const { name, config } = readConnectorFile(context.positionals[0] ?? "");
  const rest = new ConnectRest(context);
  const before = await configOf(rest, name);
  const differences = differencesOf(before ?? {}, config);
  const isDry = context.options.has("dry-run");
  const outcome = before === undefined ? "created" : differences.length === 0 ? "unchanged" : "changed";
  if (!isDry && outcome !== "unchanged") await rest.send("PUT", connectorPath(name, "/config"), config);
  if (context.options.has("json")) printJson(context, { name, outcome, isDryRun: isDry, differences });
  else {
    for (const { setting, before: was, after } of differences) {
      if (was !== undefined) context.stdout.write(shown`- ${setting}=${was}\n`);
      if (after !== undefined) context.stdout.write(shown`+ ${setting}=${after}\n`);
    }
    context.stdout.write(shown`${name} ${isDry ? "would be" : "is"} ${outcome}.\n`);
  }
  return 0;
};

async function configOf(rest: ConnectRest, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const names = await rest.get("/connectors");
  if (!Array.isArray(names)) throw new OttlaError("CONNECT_ANSWER_UNREADABLE", "What answers is no Connect: its connectors are no list.");
  return names.includes(name) ? ((await rest.get(connectorPath(name, "/config"))) as Readonly<Record<string, string>>) : undefined;
}

/** A hidden secret is told as it is shown. */
function differencesOf(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((setting) => {
    const [was, is] = [before[setting], after[setting]];
    if (was === is) return [];
    const hidden = was === "[hidden]";
    return [{ setting, before: was, after: hidden && is !== undefined ? "[hidden]" : is }];
  });
}
