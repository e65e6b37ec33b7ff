import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText } from "./failure-text.ts";

test("a failure's text begins with what happened and its code, and goes on with what it came from", () => {
  const cause = Object.assign(new TypeError("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  const error = Object.assign(new Error("Nobody may write there.", { cause }), { code: "TOPIC_AUTHORIZATION_FAILED" });
  const lines = failureText(error).split("\n");
  assert.equal(lines[0], "Error [TOPIC_AUTHORIZATION_FAILED]: Nobody may write there.");
  assert.ok(lines.includes("Caused by: TypeError: connect ECONNREFUSED 127.0.0.1:1"));
});

test("whatever was thrown has a text, no longer than a status carries", () => {
  assert.equal(failureText("no"), "no");
  assert.equal(failureText({ no: 1n }), '{"no":"1"}');
  assert.equal(failureText(new Error("x".repeat(100_000))).length, 20_000);
  const circle = new Error("round");
  circle.cause = circle;
  assert.equal(failureText(circle).match(/round/g)?.length, 5);
});
