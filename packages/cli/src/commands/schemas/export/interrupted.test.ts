import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Ran } from "../../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../../testing/registry-fixture.ts";

const INTERRUPTED = "interrupted";
const folder = mkdtempSync(join(tmpdir(), "ottla-interrupted-"));
let source: RegistryFixture;
before(async () => {
  source = await RegistryFixture.start();
  await source.register("money", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }', "--type", "protobuf");
  const item = 'syntax = "proto3"; package shop; import "money.proto"; message Item { Money price = 1; }';
  await source.register("a-item", item, "--type", "protobuf", "--reference", "money.proto=money@1");
  await source.register("orders", '"int"');
  await source.register("orders", '"long"');
  await source.run(["schemas", "delete", "orders", "--version", "1"]);
  await source.run(["schemas", "compat", "orders", "--set", "FULL"]);
});
after(async () => {
  await source.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a command whose user gives Ctrl-C at its nth request: before the registry has it, or when it has answered. Undefined: it ended with fewer. */
async function interruptedAt(registry: RegistryFixture, nth: number, words: readonly string[]): Promise<Ran | undefined> {
  const user = new AbortController();
  let requests = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const isHere = ++requests === nth;
      if (isHere && nth % 2 === 0) user.abort();
      const answer = await fetch(registry.url + request.url, {
        method: request.method ?? "GET",
        headers: { "content-type": "application/json" },
        ...(pieces.length > 0 && { body: Buffer.concat(pieces) }),
      });
      if (isHere) user.abort();
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ran = await registry.run(words, { signal: user.signal, env: { OTTLA_REGISTRY_URL: url } });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return requests < nth ? undefined : ran;
}

async function everything(registry: RegistryFixture): Promise<unknown> {
  const found: unknown[] = [];
  for (const subject of ["a-item", "money", "orders"])
    found.push(await registry.json("schemas", "list", subject, "--deleted"), await registry.json("schemas", "compat", subject));
  return found;
}

test("an import that is interrupted at whichever request is not said to be done, leaves no mode changed, and is finished by the next", async () => {
  const path = join(folder, "whole");
  assert.equal((await source.run(["schemas", "export", path, "--deleted"])).status, 0);
  const wanted = await everything(source);
  let nth = 1;
  for (; ; nth++) {
    const target = await RegistryFixture.start();
    try {
      const ran = await interruptedAt(target, nth, ["schemas", "import", path]);
      if (ran === undefined) break;
      if (ran.status === 0) {
        assert.deepEqual(await everything(target), wanted, `said to be done at request ${nth}`);
        continue;
      }
      assert.deepEqual(
        [ran.stdout, ran.status === INTERRUPTED || ran.status === 1],
        ["", true],
        `request ${nth}: ${ran.status} ${ran.stderr}`,
      );
      if (ran.status === 1)
        assert.match(ran.stderr, /it was stopped\. Modes are as they were; run it again and it goes on\.\n$/, `request ${nth}`);
      for (const subject of ["a-item", "money", "orders"])
        assert.equal((await fetch(`${target.url}/mode/${subject}`)).status, 404, `request ${nth}: the mode of ${subject}`);
      const next = await target.run(["schemas", "import", path]);
      assert.deepEqual([next.status, next.stderr], [0, ""], `after request ${nth}`);
      assert.deepEqual(await everything(target), wanted, `after request ${nth}`);
    } finally {
      await target.stop();
    }
  }
  assert.ok(nth > 20, `${nth} requests`);
});

test("an export that is interrupted at whichever request names nothing that is not there, and is finished by the next", async () => {
  let nth = 1;
  for (; ; nth++) {
    const path = join(folder, `export-${nth}`);
    const ran = await interruptedAt(source, nth, ["schemas", "export", path, "--deleted"]);
    if (ran === undefined) break;
    const isDone = ran.status === 0;
    assert.equal(existsSync(join(path, "manifest.json")), isDone, `request ${nth}: ${ran.stderr}`);
    if (!isDone) assert.deepEqual([ran.status, ran.stdout], [INTERRUPTED, ""]);
    assert.equal((await source.run(["schemas", "export", path, "--deleted"])).status, 0, `after request ${nth}`);
    const target = await RegistryFixture.start();
    assert.equal((await target.run(["schemas", "import", path])).status, 0);
    assert.deepEqual(await everything(target), await everything(source));
    await target.stop();
  }
  assert.ok(nth > 10, `${nth} requests`);
});
