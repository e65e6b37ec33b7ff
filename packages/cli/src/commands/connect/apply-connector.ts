import type { RunCommand } from "../../command.ts";
import { connectorPath, connectRestOf } from "../../connect/connect-rest.ts";
import { printJson, shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";
import { changesOf, validated } from "./connector-changes.ts";
import { showDifferences } from "./show-changes.ts";

export const applyConnector: RunCommand = async (context) => {
  const written = readConnectorFile(context.positionals[0] ?? "");
  const { name, config } = written;
  const rest = connectRestOf(context);
  const changes = await changesOf(rest, written, await validated(rest, config));
  // A secret that cannot be seen may be another one.
  const outcome = changes.unseen.length > 0 && changes.outcome === "unchanged" ? "changed" : changes.outcome;
  if (outcome !== "unchanged") await rest.send("PUT", connectorPath(name, "/config"), config);
  if (context.options.has("json")) printJson(context, { name, ...changes, outcome });
  else {
    showDifferences(context, changes);
    context.stdout.write(shown`${name} is ${outcome}.\n`);
  }
  return 0;
};
