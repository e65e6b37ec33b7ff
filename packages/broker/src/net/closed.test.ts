import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosedSignal } from "./closed.ts";

test("every listener hears the end once, in the order of registration", () => {
  const signal = new ClosedSignal();
  const heard: string[] = [];
  const hear = (): void => void heard.push("twice registered");
  signal.onClosed(hear);
  signal.onClosed(hear);
  signal.onClosed(() => heard.push("other"));
  signal.close();
  signal.close();
  assert.deepEqual([heard, signal.isClosed], [["twice registered", "twice registered", "other"], true]);
});

test("who registers after the end hears it before the registration returns", () => {
  const signal = new ClosedSignal();
  signal.close();
  let heard = 0;
  signal.onClosed(() => heard++)();
  assert.equal(heard, 1);
});

test("who was taken back hears nothing and is not kept, also when another listener takes him back", () => {
  const signal = new ClosedSignal();
  const heard: string[] = [];
  for (let i = 0; i < 1000; i++) signal.onClosed(() => heard.push("gone"))();
  assert.equal(signal.listenerCount, 0);
  signal.onClosed(() => takeBack());
  const takeBack = signal.onClosed(() => heard.push("taken back"));
  signal.close();
  assert.deepEqual(heard, []);
});

test("a listener that throws does not keep the others from hearing", () => {
  const signal = new ClosedSignal();
  let heard = 0;
  signal.onClosed(() => {
    throw new RangeError("one");
  });
  signal.onClosed(() => heard++);
  assert.throws(() => signal.close(), RangeError);
  assert.equal(heard, 1);
});
