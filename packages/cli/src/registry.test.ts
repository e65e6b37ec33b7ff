import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { runWords } from "./testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "./testing/command-line-processes.ts";

const { processes } = useProcesses();
const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/vnd.schemaregistry.v1+json" } });

test("dev --secure serves a registry that logs in, leaves no topic before the first schema, and stops cleanly", async () => {
  const dev = processes.start("dev", "--memory", "--secure", "--port", "0", "--json", "--log-level", "error");
  const ended = outcome(dev);
  const { registry = "" } = await readyLine(dev);
  assert.match(registry, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(await (await fetch(`${registry}/subjects`)).json(), []);
  const answer = (await (await post(`${registry}/subjects/a/versions`, { schema: '"int"' })).json()) as { id: number };
  assert.equal(answer.id, 1);
  assert.deepEqual(await (await fetch(`${registry}/subjects`)).json(), ["a"]);
  dev.kill("SIGINT");
  const { status, stderr } = await ended;
  assert.deepEqual([status, stderr], [0, ""]);
});

test("a registry's port that was asked for and is taken ends the start; what --only says must make sense", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = String((taken.address() as AddressInfo).port);
  const start = ["dev", "--memory", "--port", "0"];
  const refused = await outcome(processes.start(...start, "--only", "broker,registry", "--registry-port", port));
  taken.close();
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, new RegExp(`^ottla: The registry cannot be served at 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*\\.\n$`));
  for (const words of [
    ["--only", "registry"],
    ["--only", "broker,sql"],
    ["--only", "broker", "--registry-port", "0"],
  ]) {
    const { status, stderr } = await runWords([...start, ...words]);
    assert.equal(status, 2, words.join(" "));
    assert.match(stderr, /^ottla: --(only|registry-port) .*\.\n$/);
  }
});
