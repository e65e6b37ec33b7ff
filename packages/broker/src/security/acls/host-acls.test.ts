import assert from "node:assert/strict";
import { test } from "node:test";
import { AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import { HostAcls } from "./host-acls.ts";

const aclOf = (host: string, operation: number = AclOperation.READ) => ({
  resourceType: ResourceType.TOPIC,
  resourceName: "t",
  patternType: PatternType.LITERAL,
  principal: "User:a",
  host,
  operation,
  permissionType: AclPermissionType.ALLOW,
});

const seenBy = (acls: HostAcls, client: string): string[] => {
  const seen: string[] = [];
  acls.visit(client, ({ acl }) => {
    seen.push(`${acl.host} ${acl.operation}`);
    return false;
  });
  return seen.sort();
};

test("of ten thousand hosts and ranges a check looks at those alone that its client's address is in", () => {
  const acls = new HostAcls();
  const hosts = Array.from({ length: 10_000 }, (_, at) => `10.1.${at >> 8}.${at & 255}`);
  const ranges = [
    "10.1.3.0/24",
    "10.1.3.77/24",
    "10.1.2.0/23",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "fd00::/8",
    "fd00:1::/33",
    "::/0",
    "10.1.3.7/32",
  ];
  for (const host of ["*", ...hosts, ...ranges]) {
    acls.add({ acl: aclOf(host), isDeny: false, range: undefined });
    acls.add({ acl: aclOf(host, AclOperation.WRITE), isDeny: false, range: undefined });
  }
  const read = (client: string) =>
    seenBy(acls, client).flatMap((seen) => (seen.endsWith(` ${AclOperation.READ}`) ? seen.split(" ")[0]! : []));
  assert.deepEqual(
    read("10.1.3.7"),
    ["*", "0.0.0.0/0", "10.0.0.0/8", "10.1.2.0/23", "10.1.3.0/24", "10.1.3.7", "10.1.3.7/32", "10.1.3.77/24"].sort(),
  );
  assert.deepEqual(read("192.168.0.1"), ["*", "0.0.0.0/0"]);
  assert.deepEqual(read("fd00:1:8000:0:0:0:0:1"), ["*", "::/0", "fd00::/8"]);
  assert.deepEqual(read("fd00:1:7fff:0:0:0:0:1"), ["*", "::/0", "fd00:1::/33", "fd00::/8"]);
  assert.deepEqual(read("no address"), ["*"]);
  for (const host of ["*", ...hosts, ...ranges]) acls.remove(aclOf(host));
  assert.deepEqual(seenBy(acls, "10.1.3.77").length, 7, "the others are there still");
  for (const host of ["*", ...hosts, ...ranges]) acls.remove(aclOf(host, AclOperation.WRITE));
  assert.ok(acls.isEmpty);
});
