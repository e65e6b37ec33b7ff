import assert from "node:assert/strict";
import { test } from "node:test";
import { MembershipOver, writePermit } from "./write-permit.ts";

test("a worker writes while the group surely has it, waits while that is not known, and never again when the group has gone on", () => {
  let leftMs: number | undefined = -1;
  let isSubscribed = true;
  const mayWrite = writePermit({
    groupMetadata: () => (isSubscribed ? { groupId: "g", memberId: "m", generationId: 1, groupInstanceId: undefined } : undefined),
    membershipLeftMs: () => leftMs,
  });
  assert.ok(mayWrite() instanceof MembershipOver);
  leftMs = 5_000;
  assert.equal(mayWrite(), true);
  leftMs = 0;
  assert.equal(mayWrite(), false);
  leftMs = undefined;
  assert.equal(mayWrite(), true);
  isSubscribed = false;
  assert.ok(mayWrite() instanceof MembershipOver);
});
