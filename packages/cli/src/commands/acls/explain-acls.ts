import { shellWord } from "@ottla/base";
import { type Judgement, judgeAccess } from "@ottla/broker/acls";
import type { Acl, Admin } from "@ottla/client";
import { AclPermissionType, PatternType } from "@ottla/protocol";
import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import {
  aclText,
  type NamedResource,
  numberOf,
  numberOfOperation,
  numberOfResource,
  operationText,
  parseOperation,
  parsePrincipal,
  parseResource,
  required,
  resourceText,
} from "./acl-words.ts";
import { whyMeaningless } from "./meaningless-acl.ts";

export const explainAcls: RunCommand = (context) => {
  const { options, stdout } = context;
  const resource = parseResource(required(options, "resource"));
  const asked = {
    principal: parsePrincipal(required(options, "principal")),
    operation: parseOperation(required(options, "operation")),
    host: options.text("host") ?? "127.0.0.1",
    ...resource,
  };
  const meaningless = whyMeaningless(resource, asked.operation, false);
  if (meaningless !== undefined) throw new UsageError(meaningless);
  return withClient(context, async (client) => {
    const told = await toldSettings(client.admin());
    const settings = {
      superUsers: new Set([...options.texts("super-user").map(parsePrincipal), ...(told.superUsers ?? [])]),
      allowsEveryoneIfNoAcl: options.has("open-without-acls") || told.allowsEveryoneIfNoAcl === true,
    };
    const acls = await client.admin().describeAcls({ ...resource, patternType: "match" });
    const numbers = { operation: numberOfOperation(asked.operation), resourceType: numberOfResource(asked.resourceType) };
    const judgement = judgeAccess(acls.map(inNumbers), { ...asked, ...numbers }, settings);
    const { isAllowed, kind, at } = judgement;
    const acl = at === undefined ? undefined : acls[at];
    const needed = isAllowed ? undefined : neededFor(judgement, asked);
    if (options.has("json")) printJson(context, { allowed: isAllowed, ...asked, because: kind, acl, concerning: acls, needed });
    else {
      const verb = isAllowed ? "may" : "may not";
      stdout.write(shown`${asked.principal} ${verb} ${operationText(asked.operation)} ${resourceText(resource)} from ${asked.host}.\n`);
      stdout.write(because(judgement, acls, settings.allowsEveryoneIfNoAcl));
      if (needed !== undefined) stdout.write(`${needed}\n`);
      if (!isAllowed && told.superUsers === undefined && kind !== "acl") stdout.write(UNTOLD);
    }
    return isAllowed ? (0 as const) : (1 as const);
  });
};

const UNTOLD =
  "The cluster does not tell you its super.users and allow.everyone.if.no.acl.found; say by --super-user and --open-without-acls what they are.\n";

/** What a broker tells of its authorizer's settings to who may describe configs; Ottla does, Apache Kafka hides the values. */
async function toldSettings(admin: Admin): Promise<{ readonly superUsers?: readonly string[]; readonly allowsEveryoneIfNoAcl?: boolean }> {
  const { nodes } = await admin.describeCluster();
  const name = String(nodes[0]?.nodeId ?? 0);
  const keys = ["super.users", "allow.everyone.if.no.acl.found"];
  const [outcome] = await admin.describeConfigs([{ type: "broker", name }], { keys });
  if (outcome === undefined || outcome.error) return {};
  const values = new Map(outcome.value.filter(({ sensitive }) => !sensitive).map((entry) => [entry.name, entry.value]));
  const superUsers = values.get("super.users");
  if (superUsers === undefined || superUsers === null) return {};
  return {
    superUsers: superUsers.split(";").map((user) => user.trim()),
    allowsEveryoneIfNoAcl: values.get("allow.everyone.if.no.acl.found") === "true",
  };
}

function inNumbers(acl: Acl) {
  return {
    ...acl,
    resourceType: numberOfResource(acl.resourceType),
    patternType: numberOf(PatternType, acl.patternType),
    operation: numberOfOperation(acl.operation),
    permissionType: numberOf(AclPermissionType, acl.permission),
  };
}

function because({ kind, at }: Judgement, acls: readonly Acl[], isOpen: boolean): string {
  switch (kind) {
    case "super-user":
      return "Because the principal is one of super.users.\n";
    case "acl":
      return `Because of this ACL: ${aclText(acls[at!]!)}.\n`;
    case "no-acl":
      return `Because no ACL concerns the resource, and allow.everyone.if.no.acl.found is ${isOpen}.\n`;
    case "none-matches":
      return `Because none of the ACLs that concern the resource allows it:\n${acls.map((acl) => `  ${aclText(acl)}\n`).join("")}`;
  }
}

/** What would have to change. */
function neededFor({ kind }: Judgement, asked: NamedResource & Pick<Acl, "principal" | "operation">): string {
  if (kind === "acl")
    return "An ACL that denies counts more than all that allow: remove it by ottla acls remove, or use another principal.";
  const { principal, operation } = asked;
  return shown`It would be allowed by: ottla acls add --principal ${shellWord(principal)} --operation ${operationText(operation)} --resource ${shellWord(resourceText(asked))}`;
}
