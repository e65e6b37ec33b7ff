import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { consoleAnswers } from "./console-answers.ts";
import { UiFiles } from "./ui-files.ts";

test("a page with its frame is written in a turn of its own, before the work of its answers begins", async () => {
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
  // Nothing but who is there is asked before all that is painted first, in one piece.
  const first = await next();
  assert.match(first, /<title>.*id="first-frame"/s);
  assert.deepEqual(asked, ["/api/session"]);
  const block = next();
  await turns();
  assert.deepEqual(asked, ["/api/session"]);
  clock.advance(0);
  assert.match(await block, /"\/api\/about"/);
  assert.deepEqual(asked, ["/api/session", "/api/about", "/api/topics"]);
});

test("the policy allows the style and the script that the page was built with, and no other; the frame stands before what is loaded", async () => {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/ui");
  const style = "body{margin:0}";
  const script = 'import("/assets/a.js")';
  const html = `<!doctype html><html data-theme="auto"><head><style>${style}</style><script type="module" async>${script}</script></head><body><link rel="stylesheet" href="/assets/a.css"><div id="app"></div></body></html>`;
  disk.replaceFile("/ui/index.html", Buffer.from(html));
  const files = UiFiles.read(disk, "/ui");
  const page = files.answer(new Request("http://127.0.0.1/topics"), async () => ({
    frame: "<nav>$&</nav>",
    data: async () => "<data></data>",
  }));
  const policy = page.headers.get("content-security-policy")!.split("; ");
  const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  assert.ok(policy.includes(`style-src 'self' ${hashOf(style)}`), policy.join("; "));
  assert.ok(policy.includes(`script-src 'self' ${hashOf(script)}`), policy.join("; "));
  assert.equal(await page.text(), html.replace("<body>", () => "<body><nav>$&</nav>").replace("</body>", "<data></data></body>"));
});

test("a page that one of another site may have opened is cut off from it; one whose address was typed costs no second process", () => {
  const files = UiFiles.read(new SimulatedDisk(), "/ui");
  const policyOf = (site: string | undefined, carried?: Parameters<UiFiles["answer"]>[1]): string | null =>
    files
      .answer(new Request("http://127.0.0.1/topics", { headers: site === undefined ? {} : { "sec-fetch-site": site } }), carried)
      .headers.get("cross-origin-opener-policy");
  const page = async () => ({ frame: "", data: async () => "" });
  for (const carried of [undefined, page]) {
    for (const site of ["cross-site", "same-site", undefined]) assert.equal(policyOf(site, carried), "same-origin", site);
    for (const site of ["none", "same-origin"]) assert.equal(policyOf(site, carried), null, site);
  }
});
