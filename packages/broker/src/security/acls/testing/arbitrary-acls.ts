import { type AclBinding, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import fc from "fast-check";

/** Names that meet: prefixes of one another, neighbours in the order of letters, the wildcard. */
const names: readonly string[] = [
  "*",
  "a",
  "ab",
  "abc",
  "abcd",
  "abd",
  "ac",
  "b",
  "ba",
  "*a",
  "hardcode",
  "hard",
  "h",
  "aé",
  "a\uffff",
  "!",
];
const principals: readonly string[] = ["User:alice", "User:bob", "User:*", "Group:alice"];
const hosts: readonly string[] = ["*", "127.0.0.1", "10.1.2.3", "0:0:0:0:0:0:0:1"];
const resourceTypes: readonly number[] = [ResourceType.TOPIC, ResourceType.GROUP, ResourceType.CLUSTER, ResourceType.TRANSACTIONAL_ID];
/** What an ACL or a check may name; filters' `ANY` is none of them. */
const operations: readonly number[] = Object.values(AclOperation).filter((operation) => operation !== AclOperation.ANY);

/** ACLs, mostly few enough to meet. */
export const arbitraryAcl: fc.Arbitrary<AclBinding> = fc.record({
  resourceType: fc.constantFrom(...resourceTypes),
  resourceName: fc.constantFrom(...names),
  patternType: fc.constantFrom(PatternType.LITERAL, PatternType.PREFIXED),
  principal: fc.constantFrom(...principals),
  host: fc.constantFrom(...hosts),
  operation: fc.constantFrom(...operations),
  permissionType: fc.constantFrom(AclPermissionType.ALLOW, AclPermissionType.ALLOW, AclPermissionType.DENY),
});

/** A question to an authorizer. */
export const arbitraryCheck = fc.record({
  asker: fc.record({
    principal: fc.constantFrom("User:alice", "User:bob", "User:carol", "User:*"),
    host: fc.constantFrom("127.0.0.1", "10.1.2.3", "0:0:0:0:0:0:0:1"),
  }),
  operation: fc.constantFrom(...operations.filter((operation) => operation !== AclOperation.ALL)),
  resourceType: fc.constantFrom(...resourceTypes),
  name: fc.constantFrom(...names),
});
