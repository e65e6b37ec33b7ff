import assert from "node:assert/strict";
import { test } from "node:test";
import { OttlaError } from "@ottla/base";
import { ConnectError, RetriableError } from "../connect-error.ts";
import { retriableIn } from "../worker/retries.ts";
import { errorOf, portableError } from "./portable-error.ts";

const carried = (error: unknown): Error => errorOf(structuredClone(portableError(error)));

test("an error keeps its class, its place, its trace and what it came from between threads", () => {
  const place = { connector: "a", task: 1, offset: 2n ** 60n, field: "after.x" } as const;
  const error = carried(new ConnectError("CONNECT_DATA", "bad", { cause: new TypeError("inner"), place }));
  assert.ok(error instanceof ConnectError);
  assert.deepEqual([error.code, error.message, error.place], ["CONNECT_DATA", "bad", place]);
  assert.ok(error.cause instanceof Error);
  assert.deepEqual([error.cause.name, error.cause.message], ["TypeError", "inner"]);
  assert.match(error.cause.stack ?? "", /portable-error\.test/);
  const retriable = retriableIn(carried(new Error("outer", { cause: new RetriableError("later", { afterMs: 7 }) })));
  assert.deepEqual([retriable?.message, retriable?.afterMs], ["later", 7]);
  const coded = carried(new OttlaError("X_Y", "coded"));
  assert.ok(coded instanceof OttlaError && coded.code === "X_Y");
  assert.equal(carried("a text").message, "a text");
});

test("an error of any size and shape can be sent", () => {
  const looped = new Error("x".repeat(100_000)) as Error & { self?: unknown };
  looped.self = looped;
  looped.cause = looped;
  assert.equal(carried(looped).message.length, 20_000);
  assert.equal(carried(Object.assign(new Error("f"), { code: () => 1 })).message, "f");
});
