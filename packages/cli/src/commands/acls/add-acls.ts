import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures } from "../../output.ts";
import { aclText, parseOperation, parsePrincipal, parseResource, required } from "./acl-words.ts";
import { whyMeaningless } from "./meaningless-acl.ts";

export const addAcls: RunCommand = (context) => {
  const { options, stdout } = context;
  const principal = parsePrincipal(required(options, "principal"));
  const operations = options.texts("operation").map(parseOperation);
  const resources = options.texts("resource").map(parseResource);
  if (operations.length === 0) throw new UsageError("--operation is missing.");
  if (resources.length === 0) throw new UsageError("--resource is missing.");
  for (const resource of resources)
    for (const operation of operations) {
      const meaningless = whyMeaningless(resource, operation, options.has("prefixed"));
      if (meaningless !== undefined) throw new UsageError(meaningless);
    }
  const host = options.text("host");
  const acls = resources.flatMap((resource) =>
    operations.map((operation) => ({
      ...resource,
      operation,
      principal,
      ...(options.has("prefixed") && resource.resourceType !== "cluster" && { patternType: "prefixed" as const }),
      ...(host !== undefined && { host }),
      ...(options.has("deny") && { permission: "deny" as const }),
    })),
  );
  return withClient(context, async (client) => {
    const outcomes = await client.admin().createAcls(acls);
    const added = outcomes.flatMap(({ acl, error }) => (error ? [] : [acl]));
    if (options.has("json")) printJson(context, { added });
    else for (const acl of added) stdout.write(`${aclText(acl)}\n`);
    const failures = outcomes.flatMap(({ acl, error }) =>
      error ? [{ name: aclText(acl), error: error.code, message: error.message }] : [],
    );
    return reportFailures(context, failures);
  });
};
