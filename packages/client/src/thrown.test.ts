import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, textOf } from "./thrown.ts";

/** What programs throw, or what is thrown at them. */
const hostile: readonly unknown[] = [
  Object.create(null),
  new Proxy(
    {},
    {
      get() {
        throw new Error("no property");
      },
      getPrototypeOf() {
        throw new Error("no prototype");
      },
    },
  ),
  Object.defineProperty(new Error("x"), "message", {
    get() {
      throw new Error("no message");
    },
  }),
  { toString: () => 5, valueOf: () => ({}), [Symbol.toPrimitive]: () => ({}) },
];

test("whatever was thrown has a text", () => {
  assert.deepEqual([new TypeError("bad"), "text", 5, null, undefined, Symbol("s")].map(messageOf), [
    "bad",
    "text",
    "5",
    "null",
    "undefined",
    "Symbol(s)",
  ]);
  assert.equal(textOf(new TypeError("bad")), "TypeError: bad");
  for (const thrown of hostile) for (const read of [messageOf, textOf]) assert.equal(typeof read(thrown), "string");
});
