import { test } from "node:test";
import { diesAndIsReplaced } from "./word-count-threads.ts";

for (const [order, message] of [
  ["!throw", /told to throw/],
  ["!exit", /ended with status 7: process\.exit\(\) was called/],
  ["!timer", /died of thrown by a timer/],
] as const)
  test(`two threads that die of ${order} one after the other are replaced, and each word counts once`, () =>
    diesAndIsReplaced(order, message, 2));
