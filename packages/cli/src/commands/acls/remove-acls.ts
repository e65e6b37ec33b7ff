import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { filterOf } from "./acl-filter.ts";
import { aclText } from "./acl-words.ts";

export const removeAcls: RunCommand = (context) => {
  const { options, stdout } = context;
  const filter = {
    ...filterOf(options),
    ...(options.has("prefixed") && { patternType: "prefixed" as const }),
    ...(options.has("deny") && { permission: "deny" as const }),
  };
  if (Object.keys(filter).length === 0)
    throw new UsageError("That would remove every ACL; name a principal, a resource, an operation or a host.");
  return withClient(context, async (client) => {
    const [outcome] = await client.admin().deleteAcls([filter]);
    if (outcome?.error) throw outcome.error;
    const removed = outcome?.value ?? [];
    if (options.has("json")) printJson(context, { removed });
    else if (removed.length === 0) stdout.write("There were no such ACLs.\n");
    else for (const acl of removed) stdout.write(`removed: ${aclText(acl)}\n`);
    return 0 as const;
  });
};
