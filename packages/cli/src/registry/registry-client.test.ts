import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ParsedOptions } from "../command.ts";
import { runWords } from "../testing/command-line-fixture.ts";
import { registryClientOf } from "./registry-client.ts";

const folder = mkdtempSync(join(tmpdir(), "ottla-registry-client-"));
let server: Server;
let properties = "";
const asked: string[] = [];
before(async () => {
  const json = async (...words: string[]): Promise<Record<string, string>> =>
    JSON.parse((await runWords(["certs", ...words, "--ca", join(folder, "ca"), "--json"])).stdout) as Record<string, string>;
  const { certificate: ca = "" } = await json("ca");
  // For another host than the one that is asked.
  const { keystore = "" } = await json("issue", "registry", "--host", "registry.example");
  const pem = readFileSync(keystore, "utf8");
  server = createServer({ cert: pem, key: pem }, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    response.writeHead(200, { "content-type": "application/json" }).end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  properties = `schema.registry.url=https://127.0.0.1:${(server.address() as AddressInfo).port}
schema.registry.ssl.truststore.location=${ca}
schema.registry.ssl.truststore.type=PEM
basic.auth.user.info=a:b
`;
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const configFile = (name: string, more: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `${properties}${more}`);
  return file;
};

test("commands and serdes reach a registry alike: login, trust, and whether the certificate is for the host", async () => {
  const strict = configFile("strict.properties", "");
  const lenient = configFile("lenient.properties", "schema.registry.ssl.endpoint.identification.algorithm=\n");
  const list = (file: string) => runWords(["schemas", "list", "--command-config", file]);
  const serdes = async (file: string): Promise<readonly string[]> => {
    await using client = await registryClientOf({ options: new ParsedOptions(new Map([["command-config", [file]]])), env: {} });
    return await client.subjects();
  };
  const refused = await list(strict);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /^ottla: No registry answers at https:\/\/127\.0\.0\.1:\d+ \(Hostname\/IP does not match certificate's altnames/,
  );
  await assert.rejects(serdes(strict), { code: "REGISTRY_UNREACHABLE", message: /altnames/ });
  assert.equal(asked.length, 0);
  assert.equal((await list(lenient)).status, 0);
  assert.deepEqual(await serdes(lenient), []);
  assert.ok(asked.length >= 2 && asked.every((line) => line.endsWith(` Basic ${Buffer.from("a:b").toString("base64")}`)), asked.join("\n"));
});

test("an error in no words of a registry is no word of one: nothing is held to be missing", async () => {
  const other = createPlainServer((_request, response) =>
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>"),
  );
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { status, stderr } = await runWords(["schemas", "get", "s", "--registry-url", url]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^ottla: What answers at http:\/\/127\.0\.0\.1:\d+ is no Schema Registry: status 404, and its answer is no JSON; check --registry-url\.\n$/,
    );
  } finally {
    other.close();
    other.closeAllConnections();
  }
});

test("a registry that cannot serve for now is quoted, and nobody is told to start one", async () => {
  const body = JSON.stringify({ error_code: 50302, message: "The topic _schemas has no leader." });
  const busy = createPlainServer((request, response) =>
    response.writeHead(503, { "content-type": "application/json" }).end(request.url?.startsWith("/subjects/") ? "<h1>busy</h1>" : body),
  );
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`;
  try {
    const quoted = await runWords(["schemas", "list", "--registry-url", url]);
    assert.equal(quoted.status, 1);
    assert.equal(
      quoted.stderr,
      `ottla: The registry at ${url} cannot serve this for now: it answered 503 (The topic _schemas has no leader.). Try again later, and look at the registry and its cluster.\n`,
    );
    const page = await runWords(["schemas", "list", "orders", "--registry-url", url]);
    assert.match(page.stderr, /for now: it answered 503\. Try again later/);
  } finally {
    busy.close();
    busy.closeAllConnections();
  }
});
