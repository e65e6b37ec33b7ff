import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { namedTenants } from "./change-tenants.ts";
import { planApply, stepText } from "./tenant-plan.ts";
import { readStates } from "./tenant-state.ts";

export const listTenants: RunCommand = (context) => {
  const { options, stdout, env } = context;
  const tenants = namedTenants(context);
  return withClient(context, async (client) => {
    const states = await readStates(client.admin(), tenants);
    const listed = tenants.map((tenant, at) => {
      const state = states[at]!;
      const users = tenant.users.map(({ name }) => ({ name, mechanisms: state.mechanisms.get(name) ?? [] }));
      const missing = planApply(tenant, state).flat().map(stepText);
      return { name: tenant.name, prefix: tenant.prefix, users, acls: state.acls.length, missing };
    });
    if (options.has("json")) printJson(context, listed);
    else {
      const rows = listed.map(({ name, prefix, users, acls, missing }) => {
        const there = users.filter(({ mechanisms }) => mechanisms.length > 0).length;
        return [name, prefix, `${there} of ${users.length}`, acls, missing.length === 0 ? "as in the file" : `${missing.length} to change`];
      });
      const columns = [
        { title: "tenant" },
        { title: "prefix" },
        { title: "users" },
        { title: "acls", isNumeric: true },
        { title: "state" },
      ];
      stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
    }
    return 0 as const;
  });
};
