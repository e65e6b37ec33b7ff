import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { join, onAnswer, onRefusal, outside } from "./share-member-state.ts";

test("GROUP_ID_NOT_FOUND tells who joins that the group is of another kind, and a member that the group has lost it", () => {
  const error = new Error("no such group");
  const refusal = onRefusal(join(outside("m")), ErrorCode.GROUP_ID_NOT_FOUND, error);
  assert.deepEqual([refusal.phase, refusal.failure], ["failed", error]);
  const member = onAnswer(join(outside("m")), { memberEpoch: 3, assignment: null });
  const lost = onRefusal(member, ErrorCode.GROUP_ID_NOT_FOUND, error);
  assert.deepEqual([lost.phase, lost.memberId, lost.memberEpoch, lost.joins, lost.failure], ["joining", "m", 0, 2, undefined]);
});
