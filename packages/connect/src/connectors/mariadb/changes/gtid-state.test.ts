import assert from "node:assert/strict";
import { test } from "node:test";
import { GtidState } from "./gtid-state.ts";

test("the last transaction of each domain, in the order of domains", () => {
  const state = new GtidState(" 2-1-9,0-1-7 ,");
  assert.equal(state.text(), "0-1-7,2-1-9");
  state.add("0-3-8");
  state.add("4294967295-4294967295-18446744073709551615");
  assert.equal(state.text(), "0-3-8,2-1-9,4294967295-4294967295-18446744073709551615");
  assert.equal(new GtidState("").text(), "");
});

test("what is no such list is refused in a sentence, and not sent to a server", () => {
  for (const text of [
    "7",
    "0-1",
    "0-1-7-9",
    "0--7",
    "4294967296-1-1",
    "0-4294967296-1",
    "0-1-18446744073709551616",
    "a-b-c",
    "0-1-7,0-2-8",
  ])
    assert.throws(
      () => new GtidState(text),
      { name: "ConnectError", code: "CONNECT_STATE", message: /Reset the connector's offsets/ },
      text,
    );
});
