import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { type AclBinding, AclOperation, AclPermissionType, PatternType } from "@ottla/protocol";
import fc from "fast-check";
import { aclKey } from "../../metadata/acl-key.ts";
import { AclAuthorizer } from "./acl-authorizer.ts";
import { matchesFilter } from "./acl-filter.ts";
import { AclIndex } from "./acl-index.ts";
import { judgeAccess } from "./judge-access.ts";
import { arbitraryAcl, arbitraryCheck } from "./testing/arbitrary-acls.ts";
import { NaiveAuthorizer } from "./testing/naive-authorizer.ts";

const superUsers = new Set(["User:carol"]);
/** As `ottla acls explain` asks for what concerns a resource. */
const ANY_ACL = {
  patternType: PatternType.MATCH,
  principal: null,
  host: null,
  operation: AclOperation.ANY,
  permissionType: AclPermissionType.ANY,
};

test("whatever ACLs came and went, the index decides as one that looks at each of them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ acl: arbitraryAcl, comes: fc.boolean() }), { maxLength: 30 }),
      fc.array(arbitraryCheck, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (changes, checks, allowsEveryoneIfNoAcl) => {
        const index = new AclIndex();
        const authorizer = new AclAuthorizer(index, { superUsers, allowsEveryoneIfNoAcl });
        const present = new Map<string, AclBinding>();
        for (const { acl, comes } of changes) {
          const key = aclKey(acl);
          if (!present.has(key)) {
            present.set(key, acl);
            index.add(acl);
          } else if (!comes) {
            present.delete(key);
            index.remove({ ...acl });
          }
        }
        assert.equal(index.size, present.size);
        const naive = new NaiveAuthorizer([...present.values()], superUsers, allowsEveryoneIfNoAcl);
        for (const { asker, operation, resourceType, name } of checks) {
          const verdict = authorizer.authorize(asker, operation, resourceType, name);
          assert.equal(verdict.isAllowed, naive.authorize(asker, operation, resourceType, name));
          if (verdict.rule.kind === "acl") assert.ok(present.has(aclKey(verdict.rule.acl)), "the rule is one of those that are there");
          assert.equal(authorizer.authorizeSome(asker, operation, resourceType), naive.authorizeSome(asker, operation, resourceType));
        }
      },
    ),
    { numRuns: runsOf({ quick: 1000, long: 50_000 }) },
  );
});

test("whatever ACLs there are, those that a filter finds for a resource decide as all of them do, and for the same reason", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(arbitraryAcl, { maxLength: 30, selector: aclKey }),
      fc.array(arbitraryCheck, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (acls, checks, allowsEveryoneIfNoAcl) => {
        const settings = { superUsers, allowsEveryoneIfNoAcl };
        const index = new AclIndex();
        for (const acl of acls) index.add(acl);
        const authorizer = new AclAuthorizer(index, settings);
        for (const { asker, operation, resourceType, name } of checks) {
          const found = acls.filter((acl) => matchesFilter({ ...ANY_ACL, resourceType, resourceName: name }, acl));
          const { kind, isAllowed } = judgeAccess(found, { ...asker, operation, resourceType, resourceName: name }, settings);
          const verdict = authorizer.authorize(asker, operation, resourceType, name);
          assert.deepEqual({ kind, isAllowed }, { kind: verdict.rule.kind, isAllowed: verdict.isAllowed });
        }
      },
    ),
    { numRuns: runsOf({ quick: 500, long: 20_000 }) },
  );
});
