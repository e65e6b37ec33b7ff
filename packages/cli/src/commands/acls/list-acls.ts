import type { Acl } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { filterOf } from "./acl-filter.ts";
import { operationText, resourceText } from "./acl-words.ts";

export const listAcls: RunCommand = (context) => {
  const { options, stdout, env } = context;
  const filter = { ...filterOf(options), ...(options.has("concerning") && { patternType: "match" as const }) };
  return withClient(context, async (client) => {
    const acls = [...(await client.admin().describeAcls(filter))].sort(byPlace);
    if (options.has("json")) printJson(context, acls);
    else if (acls.length === 0) stdout.write("There are no such ACLs.\n");
    else stdout.write(renderTable(columns, acls.map(row), textStyle(stdout, env)));
    return 0 as const;
  });
};

const columns = [
  { title: "resource" },
  { title: "name is" },
  { title: "principal" },
  { title: "permission" },
  { title: "operation" },
  { title: "host" },
];

function row({ principal, permission, operation, host, patternType, ...resource }: Acl) {
  return [
    resourceText(resource),
    patternType === "prefixed" ? "a prefix" : resource.resourceName === "*" ? "every" : "literal",
    principal,
    permission,
    operationText(operation),
    host,
  ];
}

function byPlace(a: Acl, b: Acl): number {
  const key = ({ resourceType, resourceName, principal, operation }: Acl) =>
    [resourceType, resourceName, principal, operation].join("\u0000");
  return key(a) < key(b) ? -1 : 1;
}
