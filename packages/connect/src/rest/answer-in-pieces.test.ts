import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { Hono } from "hono";
import { answerInPieces, jsonInPieces } from "./answer-in-pieces.ts";

const TYPE = "application/json";
/** As long as a piece is at least. */
const LONG = JSON.stringify("x".repeat(64 * 1024));

function answer(items: Iterable<string> | AsyncIterable<string>): Response | Promise<Response> {
  const app = new Hono();
  app.get("/", (context) => answerInPieces(context, jsonInPieces(systemClock, items, ["[", "]"]), TYPE));
  return app.request("/");
}

function counted(many: number): { readonly made: { count: number; isOver: boolean }; items(): Generator<string> } {
  const made = { count: 0, isOver: false };
  return {
    made,
    *items() {
      try {
        for (; made.count < many; made.count++) yield LONG;
      } finally {
        made.isOver = true;
      }
    },
  };
}

test("a list is JSON, whatever there is of it", async () => {
  for (const items of [[], ["1"], ["1", '{"a":2}'], [LONG], [LONG, "1"], [LONG, LONG, LONG, "1", LONG]]) {
    const response = await answer(items);
    assert.deepEqual(
      await response.json(),
      items.map((item) => JSON.parse(item) as unknown),
    );
    assert.equal(response.headers.get("content-type"), TYPE);
  }
});

test("a large list is made as its client takes it, and no further when it goes", async () => {
  const { made, items } = counted(1_000);
  const response = await answer(items());
  assert.equal(made.count, 1, "two pieces are made before anybody reads");
  const reader = response.body!.getReader();
  for (let piece = 0; piece < 4; piece++) await reader.read();
  assert.equal(made.count, 3);
  await reader.cancel();
  assert.deepEqual(made, { count: 3, isOver: true });
});

test("a list that fails on the way does not end as if it were whole", async () => {
  async function* failing(): AsyncGenerator<string> {
    yield LONG;
    yield LONG;
    throw new Error("no more");
  }
  const response = await answer(failing());
  await assert.rejects(response.text(), /no more/);
});
