import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { type AclBinding, type AclFilter, PatternType, ResourceType } from "@ottla/protocol";
import { matchesFilter } from "./acl-filter.ts";
import { selectAcls } from "./acl-selection.ts";

const slice = (): TimeSlice => new TimeSlice(new SimulatedClock());
const acl = (resourceName: string, patternType: number, principal: string): AclBinding => ({
  resourceType: ResourceType.TOPIC,
  resourceName,
  patternType,
  principal,
  host: "*",
  operation: 3,
  permissionType: 3,
});
const filter = (over: Partial<AclFilter>): AclFilter => ({
  resourceType: ResourceType.ANY,
  resourceName: null,
  patternType: PatternType.ANY,
  principal: null,
  host: null,
  operation: 1,
  permissionType: 1,
  ...over,
});
const acls = ["a", "ab", "b", "*"].flatMap((name) =>
  [PatternType.LITERAL, PatternType.PREFIXED].flatMap((patternType) => [
    acl(name, patternType, "User:x"),
    acl(name, patternType, "User:y"),
  ]),
);

test("filters of all widths, asked together, each find what they mean, in the ACLs' order", async () => {
  const filters = [
    filter({}),
    filter({ principal: "User:y" }),
    filter({ resourceType: ResourceType.TOPIC, resourceName: "ab", patternType: PatternType.MATCH }),
    filter({ resourceType: ResourceType.TOPIC, resourceName: "a", patternType: PatternType.PREFIXED }),
    filter({ resourceType: ResourceType.TOPIC, resourceName: "a", patternType: PatternType.PREFIXED, principal: "User:x" }),
    filter({ resourceType: ResourceType.GROUP, resourceName: "a", patternType: PatternType.LITERAL }),
  ];
  const found = await selectAcls(acls, filters, slice());
  assert.deepEqual(
    found,
    filters.map((each) => acls.filter((one) => matchesFilter(each, one))),
  );
  assert.deepEqual(
    found?.map(({ length }) => length),
    [16, 8, 8, 2, 1, 0],
  );
});

test("a number that nobody knows means no ACL, and beyond the most that are wanted there are none at all", async () => {
  assert.deepEqual(await selectAcls(acls, [filter({ operation: 99 }), filter({ principal: "User:x", resourceName: "b" })], slice()), [
    [],
    [acls[8], acls[10]],
  ]);
  assert.equal((await selectAcls(acls, [filter({}), filter({})], slice(), 32))?.flat().length, 32);
  assert.equal(await selectAcls(acls, [filter({}), filter({})], slice(), 31), undefined);
});
