import { AclAuthorizer, AclIndex } from "@ottla/broker/acls";
import { type AclBinding, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import { formatSample, summarize } from "../../measure/statistics.ts";
import { type BenchOptions, names } from "../part.ts";

const SIZES = [10, 1_000, 10_000, 100_000];
const LIMIT_US = 5;
const HOST = "10.1.2.3";

/** As tenants have them: each user a prefix of topics, a topic of others, and every tenth a host that is denied. */
function aclsOf(count: number): AclBinding[] {
  return Array.from({ length: count }, (_, i) => ({
    resourceType: ResourceType.TOPIC,
    resourceName: i % 2 === 0 ? `tenant-${i}-` : `tenant-${i - 1}-orders`,
    patternType: i % 2 === 0 ? PatternType.PREFIXED : PatternType.LITERAL,
    principal: `User:tenant-${i - (i % 2)}`,
    host: i % 10 === 9 ? "10.9.9.9" : "*",
    operation: i % 2 === 0 ? AclOperation.ALL : AclOperation.READ,
    permissionType: i % 10 === 9 ? AclPermissionType.DENY : AclPermissionType.ALLOW,
  }));
}

interface Question {
  readonly principal: string;
  readonly topic: string;
}

/** Microseconds that one answer takes, over questions that are never the same twice in a row. */
function microsecondsEach(authorizer: AclAuthorizer, questions: readonly Question[], times: number): number {
  let allowed = 0;
  const startedAt = performance.now();
  for (let i = 0; i < times; i++) {
    const { principal, topic } = questions[i % questions.length]!;
    if (authorizer.authorize({ principal, host: HOST }, AclOperation.WRITE, ResourceType.TOPIC, topic).isAllowed) allowed++;
  }
  const tookMs = performance.now() - startedAt;
  if (allowed > times) throw new Error("More was allowed than asked.");
  return (tookMs * 1000) / times;
}

/** What one question costs the authorizer, at 10 to 100,000 ACLs; verdicts that a connection remembers are cheaper still. */
export function measureAclCost(options: BenchOptions): string {
  if (!names(options, "ACLs")) return "";
  const times = options.quick ? 20_000 : 400_000;
  const rows = SIZES.map((size) => {
    const index = new AclIndex();
    for (const acl of aclsOf(size)) index.add(acl);
    const authorizer = new AclAuthorizer(index, { superUsers: new Set(), allowsEveryoneIfNoAcl: false });
    const own = Array.from({ length: 1000 }, (_, i) => {
      const tenant = ((i * 7919) % size) - (((i * 7919) % size) % 2);
      return { principal: `User:tenant-${tenant}`, topic: `tenant-${tenant}-orders-${i}` };
    });
    const foreign = own.map(({ topic }) => ({ principal: "User:nobody", topic }));
    const measured = [own, foreign].map((questions) => {
      microsecondsEach(authorizer, questions, times / 4);
      return summarize(Array.from({ length: Math.max(3, options.rounds) }, () => microsecondsEach(authorizer, questions, times)));
    });
    const worst = Math.max(...measured.map((sample) => sample?.median ?? Infinity));
    return `| ${size.toLocaleString("en")} | ${measured.map(formatSample).join(" | ")} | < ${LIMIT_US}: ${worst < LIMIT_US ? "met" : "**missed**"} |`;
  });
  return `What one question costs Ottla's authorizer, in µs (a connection remembers verdicts until ACLs change, so that most requests ask it nothing):\n\n| ACLs | allowed by a prefix | refused | goal |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}
