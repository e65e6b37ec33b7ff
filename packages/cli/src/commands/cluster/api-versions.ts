import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const apiVersions: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, stdout, env } = context;
    const outcomes = await client.admin().apiVersions();
    const failures: ResourceFailure[] = outcomes.flatMap(({ nodeId, error }) =>
      error ? [{ name: `node ${nodeId}`, error: error.code, message: error.message }] : [],
    );
    const brokers = outcomes.flatMap(({ value }) => (value ? [value] : []));
    if (options.has("json")) {
      printJson(context, brokers);
      return reportFailures(context, failures);
    }
    const style = textStyle(stdout, env);
    const columns = [{ title: "key", isNumeric: true }, { title: "api" }, { title: "versions" }];
    for (const { node, apis, features } of brokers) {
      stdout.write(`${style.bold(shown`Node ${node.nodeId} at ${node.host}:${node.port}`)}: ${apis.length} APIs\n`);
      const rows = apis
        .toSorted((a, b) => a.apiKey - b.apiKey)
        .map(({ apiKey, name, minVersion, maxVersion }) => [
          apiKey,
          name ?? "(unknown)",
          minVersion === maxVersion ? `${minVersion}` : `${minVersion}–${maxVersion}`,
        ]);
      stdout.write(renderTable(columns, rows, style));
      for (const { name, minLevel, maxLevel, finalizedLevel } of features)
        stdout.write(
          shown`Feature ${name}: levels ${minLevel}–${maxLevel}, ${finalizedLevel === undefined ? "none in force" : `${finalizedLevel} in force`}.\n`,
        );
    }
    return reportFailures(context, failures);
  });
