import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { consoleAnswers } from "./console-answers.ts";
import { UiFiles } from "./ui-files.ts";

test("a page's head and its frame are written in turns of their own, before the work of its answers begins", async () => {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  const api = {
    fetch: ({ url }: Request): Response => {
      asked.push(new URL(url).pathname);
      return Response.json({ user: { name: "ada" } });
    },
  };
  const answers = consoleAnswers({
    api,
    pages: api,
    ui: UiFiles.read(new SimulatedDisk(), "/ui"),
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
    clock,
    looks: () => 1,
    rooms: () => ({ schemas: false, connect: false, streams: false }),
  });
  const headers = { host: "127.0.0.1", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const page = await answers(new Request("http://127.0.0.1/topics", { headers }), {});
  const reader = page.body!.getReader();
  const next = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString();
  const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  assert.match(await next(), /<title>/);
  const frame = next();
  await turns();
  assert.deepEqual(asked, []);
  clock.advance(0);
  assert.match(await frame, /id="first-frame"/);
  const block = next();
  await turns();
  assert.deepEqual(asked, ["/api/session"]);
  clock.advance(0);
  assert.match(await block, /"\/api\/about"/);
  assert.deepEqual(asked, ["/api/session", "/api/about", "/api/topics"]);
});
