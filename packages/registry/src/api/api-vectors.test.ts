import assert from "node:assert/strict";
import { before, test } from "node:test";
import { loadFormats } from "../formats/load-formats.ts";
import { registryErrorNumbers } from "../registry-error.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import type { SchemaFormats } from "../subjects/schema-reader.ts";
import { registryApi } from "./registry-api.ts";
import { apiVectors } from "./testing/api-vectors.ts";

/** Endpoints with their parameters. A request brings no others about. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  "GET /": [],
  "POST /": [],
  "GET /subjects": ["subjectPrefix", "deleted", "deletedOnly", "offset", "limit"],
  "POST /subjects/:subject": ["normalize", "format", "deleted"],
  "DELETE /subjects/:subject": ["permanent"],
  "GET /subjects/:subject/metadata": ["key", "value", "format", "deleted"],
  "GET /subjects/:subject/versions": ["deleted", "deletedOnly", "deletedAsNegative", "offset", "limit"],
  "POST /subjects/:subject/versions": ["normalize", "format"],
  "GET /subjects/:subject/versions/:version": ["format", "referenceFormat", "deleted", "findTags"],
  "GET /subjects/:subject/versions/:version/schema": ["format", "deleted"],
  "GET /subjects/:subject/versions/:version/referencedby": ["deleted", "offset", "limit"],
  "DELETE /subjects/:subject/versions/:version": ["permanent"],
  "POST /subjects/:subject/versions/:version/tags": [],
  "GET /schemas": [
    "subjectPrefix",
    "aliases",
    "deleted",
    "latestOnly",
    "ruleType",
    "resourceType",
    "associationType",
    "lifecycle",
    "offset",
    "limit",
  ],
  "GET /schemas/ids/:id": ["subject", "format", "referenceFormat", "findTags", "fetchMaxId"],
  "GET /schemas/ids/:id/schema": ["subject", "format"],
  "GET /schemas/ids/:id/subjects": ["subject", "deleted", "offset", "limit"],
  "GET /schemas/ids/:id/versions": ["subject", "deleted", "offset", "limit"],
  "GET /schemas/guids/:guid": ["format"],
  "GET /schemas/guids/:guid/ids": [],
  "GET /schemas/types": [],
  "POST /compatibility/subjects/:subject/versions": ["normalize", "verbose"],
  "POST /compatibility/subjects/:subject/versions/:version": ["normalize", "verbose"],
  "GET /config": [],
  "PUT /config": [],
  "DELETE /config": [],
  "GET /config/:subject": ["defaultToGlobal"],
  "PUT /config/:subject": [],
  "DELETE /config/:subject": [],
  "GET /mode": [],
  "PUT /mode": [],
  "DELETE /mode": [],
  "GET /mode/:subject": ["defaultToGlobal"],
  "PUT /mode/:subject": ["force"],
  "DELETE /mode/:subject": ["recursive"],
  "GET /contexts": ["offset", "limit", "contextPrefix"],
  "DELETE /contexts/:context": [],
  "GET /v1/metadata/id": [],
  "GET /v1/metadata/version": [],
  "GET /v1/metadata/deployment": [],
};
/** What no request alone brings about: logins, a store that fails, other instances; each has tests of its own. */
const BY_OTHERS: ReadonlySet<number> = new Set([401, 40301, 50001, 50002, 50003, 50004, 50301, 50302]);

let formats: SchemaFormats;
before(async () => {
  formats = await loadFormats();
});

/** By method and pattern, the parameters that were used, and the numbers of errors that were seen. */
const used = new Map<string, Set<string>>();
const seen = new Set<number>();

for (const [name, vectors] of Object.entries(apiVectors)) {
  test(`the API answers as registries do: ${name}`, async () => {
    const registry = await Registry.start({ log: new MemoryLog(), formats });
    const api = registryApi({ registry });
    let guid = "";
    for (const [call, status, answer] of vectors) {
      const [, method = "", written = "", body = ""] = /^(\w+) (\S+) ?(.*)$/su.exec(call) ?? [];
      const path = written.replace("{guid}", guid);
      note(method, path);
      const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };
      const response = await api.request(path, { method, ...(body !== "" && { body, headers }) });
      const sent = await response.text();
      guid ||= /"guid":"([^"]+)"/.exec(sent)?.[1] ?? "";
      assert.equal(response.status, status, `${call.slice(0, 300)}: ${sent}`);
      if (status === 204) continue;
      assert.equal(response.headers.get("content-type"), "application/vnd.schemaregistry.v1+json", call);
      const text = sent
        .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, "GUID")
        .replace(/"schema":"[A-Za-z0-9+/]{12,}={0,2}"/, '"schema":"BASE64"');
      const told = JSON.parse(text) as { error_code?: number; message?: string };
      if (told.error_code !== undefined) {
        seen.add(told.error_code);
        assert.ok((told.message ?? "").length > 10, call);
      }
      if (answer !== undefined) assert.deepEqual([call.slice(0, 300), told.error_code ?? told], [call.slice(0, 300), answer]);
    }
    await registry.stop();
  });
}

test("every endpoint that is routed has vectors, with every parameter, and so has every number of an error", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats });
  const routed = registryApi({ registry })
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(routed)].sort(), Object.keys(parameters).sort());
  const missing = Object.entries(parameters).flatMap(([endpoint, names]) => {
    const of = used.get(endpoint);
    return of === undefined ? [endpoint] : names.filter((name) => !of.has(name)).map((name) => `${endpoint}?${name}`);
  });
  assert.deepEqual(missing, []);
  const numbers = Object.values(registryErrorNumbers).map(({ errorCode }) => errorCode);
  assert.deepEqual(
    [...new Set(numbers)].filter((number) => !seen.has(number) && !BY_OTHERS.has(number)),
    [],
  );
  await registry.stop();
});

function note(method: string, path: string): void {
  const { pathname, searchParams } = new URL(path, "http://x");
  const parts = pathname.split("/");
  const endpoint = Object.keys(parameters)
    .filter((each) => {
      const [verb = "", pattern = ""] = each.split(" ");
      const wanted = pattern.split("/");
      return verb === method && wanted.length === parts.length && wanted.every((part, at) => part.startsWith(":") || part === parts[at]);
    })
    .sort((a, b) => a.split(":").length - b.split(":").length)[0];
  if (endpoint === undefined) return;
  const names = used.get(endpoint) ?? new Set<string>();
  for (const name of searchParams.keys()) names.add(name);
  used.set(endpoint, names);
}
