import type { ClientQuotas } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { entityText, filterOf } from "./quota-words.ts";

export const listQuotas: RunCommand = (context) => {
  const { options, stdout, env } = context;
  const filter = filterOf(options);
  return withClient(context, async (client) => {
    const found = [...(await client.admin().describeClientQuotas(filter))].sort((a, b) =>
      entityText(a.entity) < entityText(b.entity) ? -1 : 1,
    );
    if (options.has("json")) printJson(context, found.map(inJson));
    else if (found.length === 0) stdout.write("There are no such quotas.\n");
    else {
      const rows = found.flatMap(({ entity, quotas }) =>
        [...quotas].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [entityText(entity), name, value]),
      );
      stdout.write(
        renderTable([{ title: "of" }, { title: "limit" }, { title: "a second", isNumeric: true }], rows, textStyle(stdout, env)),
      );
    }
    return 0 as const;
  });
};

function inJson({ entity, quotas }: ClientQuotas) {
  return { entity, quotas: Object.fromEntries(quotas) };
}
