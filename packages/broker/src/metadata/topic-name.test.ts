import assert from "node:assert/strict";
import { test } from "node:test";
import { topicNameFault } from "./topic-name.ts";

test("names of 1 to 249 legal characters pass, all else is refused", () => {
  for (const name of ["a", "A.b_c-9", "x".repeat(249), "..."]) assert.equal(topicNameFault(name), undefined, name);
  for (const name of ["", ".", "..", "x".repeat(250), "a b", "ä", "a/b", "a\n"]) assert.match(topicNameFault(name) ?? "", /topic/i, name);
});
