import type { Admin } from "@ottla/client";
import type { AuthorizerFacts } from "./who-may.ts";

const SUPER_USERS = "super.users";
const OPEN = "allow.everyone.if.no.acl.found";

/** What a broker tells of its authorizer's settings; undefined where it hides them, as Apache Kafka does. */
export async function authorizerFacts(admin: Admin, timeoutMs: number): Promise<AuthorizerFacts | undefined> {
  const { nodes } = await admin.describeCluster({ timeoutMs });
  const broker = { type: "broker", name: String(nodes[0]?.nodeId ?? 0) } as const;
  const [outcome] = await admin.describeConfigs([broker], { keys: [SUPER_USERS, OPEN], timeoutMs });
  const values = new Map(outcome?.value?.filter(({ sensitive }) => !sensitive).map(({ name, value }) => [name, value]));
  const superUsers = values.get(SUPER_USERS);
  if (superUsers === undefined || superUsers === null) return undefined;
  const named = superUsers.split(";").map((user) => user.trim());
  return { superUsers: named.filter((user) => user !== ""), allowsEveryoneIfNoAcl: values.get(OPEN) === "true" };
}
