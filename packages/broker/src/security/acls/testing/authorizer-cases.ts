import type { AclBinding } from "@ottla/protocol";
import fc from "fast-check";
import { aclKey } from "../../../metadata/acl-key.ts";
import { AclAuthorizer } from "../acl-authorizer.ts";
import { AclIndex, type Asker } from "../acl-index.ts";
import { arbitraryAcl, arbitraryCheck } from "./arbitrary-acls.ts";

interface Question {
  readonly asker: Asker;
  readonly operation: number;
  readonly resourceType: number;
  readonly name: string;
}

/** `remove`: of the ACL that came so many additions after the first. */
type Step = { readonly add: AclBinding } | { readonly remove: number } | { readonly ask: Question };

/** ACLs that come and go, and questions to an authorizer in between. */
export interface AuthorizerCase {
  readonly superUsers: readonly string[];
  readonly allowsEveryone: boolean;
  readonly steps: readonly Step[];
}

const RANGES: readonly string[] = ["10.0.0.0/8", "127.0.0.0/30", "0.0.0.0/0", "10.1.2.3/32", "fd00::/8", "::/0", "fd00::7/128"];
const HOSTS: readonly string[] = ["127.0.0.1", "10.1.2.3", "10.200.0.1", "0:0:0:0:0:0:0:1", "fd00:0:0:0:0:0:0:7"];

const arbitraryCase = fc.record({
  superUsers: fc.constantFrom([], ["User:carol"], ["User:carol", "User:bob"]),
  allowsEveryone: fc.boolean(),
  wishes: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ acl: arbitraryAcl, range: fc.option(fc.constantFrom(...RANGES), { freq: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ removed: fc.nat(100) }) },
      { weight: 6, arbitrary: fc.record({ check: arbitraryCheck, host: fc.constantFrom(...HOSTS) }) },
    ),
    { minLength: 4, maxLength: 60, size: "max" },
  ),
});

/** So many cases, the same for the same seed. */
export function* authorizerCases(count: number, seed: number): IterableIterator<AuthorizerCase> {
  for (const { superUsers, allowsEveryone, wishes } of fc.sample(arbitraryCase, { numRuns: count, seed })) {
    const steps: Step[] = [];
    const present = new Map<string, number>();
    let additions = 0;
    for (const wish of wishes) {
      if ("acl" in wish) {
        const acl = wish.range === null ? wish.acl : { ...wish.acl, host: wish.range };
        if (present.has(aclKey(acl))) continue;
        present.set(aclKey(acl), additions++);
        steps.push({ add: acl });
      } else if ("removed" in wish) {
        const [key, at] = [...present][wish.removed % present.size] ?? [];
        if (key === undefined || at === undefined) continue;
        present.delete(key);
        steps.push({ remove: at });
      } else {
        // Kafka's throws where somebody's name is the wildcard.
        const principal = wish.check.asker.principal === "User:*" ? "User:dora" : wish.check.asker.principal;
        steps.push({ ask: { ...wish.check, asker: { principal, host: wish.host } } });
      }
    }
    yield { superUsers, allowsEveryone, steps };
  }
}

/** As the Java program reads it. */
export function caseToText({ superUsers, allowsEveryone, steps }: AuthorizerCase): string {
  const lines = steps.map((step) => {
    if ("remove" in step) return ["remove", step.remove];
    if ("ask" in step) {
      const { asker, operation, resourceType, name } = step.ask;
      return ["ask", asker.principal, asker.host, operation, resourceType, name];
    }
    const { resourceType, resourceName, patternType, principal, host, operation, permissionType } = step.add;
    return ["add", resourceType, resourceName, patternType, principal, host, operation, permissionType];
  });
  return [["case", superUsers.join(";"), allowsEveryone], ...lines, ["end"]].map((words) => words.join("\t")).join("\n");
}

/** What ours answers, as the Java program writes it. */
export function solve({ superUsers, allowsEveryone, steps }: AuthorizerCase): string {
  const index = new AclIndex();
  const authorizer = new AclAuthorizer(index, { superUsers: new Set(superUsers), allowsEveryoneIfNoAcl: allowsEveryone });
  const added: AclBinding[] = [];
  const answers: string[] = [];
  for (const step of steps) {
    if ("add" in step) index.add(added[added.push(step.add) - 1]!);
    else if ("remove" in step) index.remove(added[step.remove]!);
    else {
      const { asker, operation, resourceType, name } = step.ask;
      const one = authorizer.authorize(asker, operation, resourceType, name).isAllowed;
      answers.push(`${one ? "allowed" : "denied"} ${authorizer.authorizeSome(asker, operation, resourceType) ? "some" : "none"}`);
    }
  }
  return [...answers, "end"].join("\n");
}
