import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "@ottla/base";
import { listGroupsApi, makeListedGroup, makeListGroupsResponse } from "../generated/apis/list-groups.ts";
import { isMadeWhenWritten, madeWhenWritten, madeWhole } from "./made-when-written.ts";

const names = ["a", "b", "c"];
const group = (groupId: string) => makeListedGroup({ groupId, groupState: "Empty" });

function bytesOf(groups: readonly ReturnType<typeof group>[], version: number): Buffer {
  const writer = new ByteWriter();
  listGroupsApi.writeResponse(writer, makeListGroupsResponse({ groups }), version);
  return writer.toBuffer();
}

test("a list whose elements are made when they are written has the bytes of any other", () => {
  for (let version = listGroupsApi.minVersion; version <= listGroupsApi.maxVersion; version++)
    assert.ok(bytesOf(madeWhenWritten(names, group), version).equals(bytesOf(names.map(group), version)), `version ${version}`);
});

test("each element is made when its turn has come, not before", () => {
  const made: string[] = [];
  const list = madeWhenWritten(names, (name) => {
    made.push(name);
    return group(name);
  });
  const writer = new ByteWriter();
  const steps = listGroupsApi.writeResponseInSteps!(writer, makeListGroupsResponse({ groups: list }), 4);
  assert.deepEqual(made, []);
  steps.next();
  assert.deepEqual(made, ["a"]);
  steps.next();
  assert.deepEqual(made, ["a", "b"]);
});

test("it is told from an array, and is of no other use", () => {
  const list = madeWhenWritten(names, group);
  assert.deepEqual([isMadeWhenWritten(list), isMadeWhenWritten([])], [true, false]);
  assert.equal(list.length, 3);
  assert.throws(() => list.map((each) => each.groupId), TypeError);
  const message = makeListGroupsResponse({ groups: list });
  assert.deepEqual(madeWhole(message), makeListGroupsResponse({ groups: names.map(group) }));
});
