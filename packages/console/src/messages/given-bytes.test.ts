import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesGiven, givenHeader, givenPiece } from "./given-bytes.ts";

test("what is given is written as it is, and what no bytes can be is refused", () => {
  assert.equal(bytesGiven(givenPiece.parse({ text: "grüße 😀" }))?.toString(), "grüße 😀");
  assert.equal(bytesGiven(givenPiece.parse({ text: "AAH/\n", encoding: "base64" }))?.toString("hex"), "0001ff");
  assert.equal(bytesGiven(givenPiece.parse({ text: null })), null);
  assert.throws(() => givenPiece.parse({ text: "***", encoding: "base64" }), /no base64/);
  for (const text of ["\ud800", "a\udfff", "\udc00\ud800"]) {
    assert.throws(() => givenPiece.parse({ text }), /lone surrogate/);
    assert.throws(() => givenHeader.parse({ key: text, value: "v" }), /lone surrogate/);
    assert.throws(() => givenHeader.parse({ key: "k", value: text }), /lone surrogate/);
  }
});
