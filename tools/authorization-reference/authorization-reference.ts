/**
 * Writes docs/authorization.md: what each API needs, from what the broker's handlers declare.
 *
 *   node --conditions=source tools/authorization-reference/authorization-reference.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AclOperation, ErrorCode, ResourceType } from "@ottla/protocol";
import type { AnyHandler, Need } from "../../packages/broker/src/handler.ts";
import { handlers } from "../../packages/broker/src/handlers/index.ts";
import { root } from "../workspaces.ts";

export const authorizationReferenceFile: string = join(root, "docs", "authorization.md");

const intro = `# What each request needs

With \`authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\` a broker asks before it does anything, by Kafka's own rules: \`super.users\` may do everything;
then any ACL that denies counts, then any that allows; where no ACL concerns a resource, \`allow.everyone.if.no.acl.found\` does. ACLs name resources literally, by prefix, or all
of a type (\`*\`), and clients by principal, by address, or by a range of addresses. Allowing READ, WRITE, DELETE or ALTER allows DESCRIBE too, and ALTER_CONFIGS allows DESCRIBE_CONFIGS.

Where a request names several resources, those that are refused are answered with the error of their line and the others are handled. "Nothing" as error: the answer says less.
A change of ACLs holds for the next request of every connection; a Fetch that waits already is asked again when it reads on.

| API | operation | resource | of | error | |
|---|---|---|---|---|---|
`;

const outro = `
This page is written by \`node --conditions=source tools/authorization-reference/authorization-reference.ts\`; a test compares it with the handlers, and \`npm run test:authorization\` compares
what they do with Apache Kafka, ACL by ACL and request by request.
`;

/** The page as it should be. */
export function authorizationReference(): string {
  return intro + handlers.flatMap(rows).join("\n") + `\n${outro}`;
}

function rows({ api, authorisation }: AnyHandler): string[] {
  const title = `${api.name} (${api.key})`;
  if (authorisation.needs.length === 0) return [`| ${title} | | | | | everybody may |`];
  return authorisation.needs.map((need, at) => `| ${at === 0 ? title : ""} | ${row(need)} |`);
}

function row({ operation, resourceType, of, errorCode, note = "" }: Need): string {
  const error = errorCode === ErrorCode.NONE ? "nothing" : nameOf(ErrorCode, errorCode);
  return [nameOf(AclOperation, operation), nameOf(ResourceType, resourceType), of, error, note].join(" | ");
}

function nameOf(names: Readonly<Record<string, number>>, number: number): string {
  return Object.entries(names).find(([, value]) => value === number)?.[0] ?? String(number);
}

if (process.argv[1] === import.meta.filename) writeFileSync(authorizationReferenceFile, authorizationReference());
