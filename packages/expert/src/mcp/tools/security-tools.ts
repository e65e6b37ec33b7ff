import { IMPLYING_OPERATIONS } from "@ottla/base";
import { z } from "zod";
import type { AclEntry } from "../../snapshot/security-snapshot.ts";
import { lookTool } from "./live-tool.ts";

/** With it, what no ACL is about is open to everybody. */
const OPEN_SETTING = "allow.everyone.if.no.acl.found";

export const securityTools = [
  lookTool({
    name: "list_acls",
    title: "ACLs",
    description: "Who may, or may not, do what with which resource.",
    input: z.object({ principal: z.string().max(500).optional(), resourceName: z.string().max(500).optional() }),
    answer: (look, { principal, resourceName }) => {
      const acls = look.see("ACLs", look.snapshot.acls);
      if (!acls) return {};
      if (acls.authorizer === "disabled") return { authorizer: "disabled", meaning: "Everybody may do everything." };
      const wanted = acls.acls.filter(
        (acl) =>
          (principal === undefined || acl.principal === principal) && (resourceName === undefined || acl.resourceName === resourceName),
      );
      return { authorizer: "enabled", total: acls.acls.length, acls: wanted };
    },
  }),
  lookTool({
    name: "who_can",
    title: "Who can?",
    description: "Principals that ACLs allow an operation on a resource, after denials. Super users are in no ACL and are not among them.",
    input: z.object({
      operation: z.enum([
        "read",
        "write",
        "create",
        "delete",
        "alter",
        "describe",
        "clusterAction",
        "describeConfigs",
        "alterConfigs",
        "idempotentWrite",
      ]),
      resourceType: z.enum(["topic", "group", "cluster", "transactionalId", "delegationToken", "user"]),
      resourceName: z.string().min(1).max(500),
    }),
    answer: (look, { operation, resourceType, resourceName }) => {
      const acls = look.see("ACLs", look.snapshot.acls);
      if (!acls) return {};
      if (acls.authorizer === "disabled") return { authorizer: "disabled", principals: ["everybody"] };
      const openBrokers = look.snapshot.brokers.filter(
        ({ nodeId, configs }) => look.see(`settings of broker ${nodeId}`, configs)?.[OPEN_SETTING]?.value === "true",
      );
      const matching = acls.acls.filter((acl) => acl.resourceType === resourceType && isAbout(acl, resourceName));
      const denied = matching.filter(({ permission, operation: of }) => permission === "deny" && (of === "all" || of === operation));
      const allowed = matching.filter(
        ({ permission, operation: of }) =>
          permission === "allow" && (of === "all" || of === operation || IMPLYING_OPERATIONS[operation]?.includes(of)),
      );
      const isDenied = ({ principal, host }: AclEntry): boolean =>
        denied.some((deny) => (deny.principal === principal || deny.principal === "User:*") && (deny.host === "*" || deny.host === host));
      look.notChecked.push("super users: their setting is in the brokers' files, and no ACL names them");
      return {
        authorizer: "enabled",
        ...(matching.length === 0 &&
          openBrokers.length > 0 && {
            principals: ["everybody"],
            why: `No ACL is about it, and ${OPEN_SETTING}=true on brokers ${openBrokers.map(({ nodeId }) => nodeId).join(", ")}.`,
          }),
        allowedBy: allowed.filter((acl) => !isDenied(acl)),
        deniedBy: denied,
      };
    },
  }),
  lookTool({
    name: "list_quotas",
    title: "Quotas",
    description: "Limits of users, client ids, both together and addresses; null is the default of that kind.",
    input: z.object({}),
    answer: (look) => ({ quotas: look.list("quotas", look.snapshot.quotas) }),
  }),
  lookTool({
    name: "list_users",
    title: "SCRAM users",
    description: "Users with mechanisms and iterations; no secret is ever told by a broker.",
    input: z.object({}),
    answer: (look) => ({ users: look.list("SCRAM users", look.snapshot.scramUsers) }),
  }),
];

function isAbout({ patternType, resourceName }: AclEntry, name: string): boolean {
  return patternType === "prefixed" ? name.startsWith(resourceName) : resourceName === "*" || resourceName === name;
}
