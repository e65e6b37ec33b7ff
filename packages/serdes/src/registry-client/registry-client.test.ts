import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { startServedRegistry } from "../testing/served-registry.ts";
import { createRegistryClient } from "./create-registry-client.ts";
import { RegistryClientError } from "./registry-client-error.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Whatever answers at a free port. */
async function serve(answer: Answer): Promise<{ readonly url: string; readonly server: Server } & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const json = (response: ServerResponse, status: number, body: unknown): void => void response.writeHead(status).end(JSON.stringify(body));
const fails =
  (code: string, ...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof RegistryClientError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };
/** A port where nobody is. */
async function nobody(): Promise<string> {
  const { url, ...served } = await serve(() => {});
  await served[Symbol.asyncDispose]();
  return url;
}

test("a registry is registered in, looked up, asked and emptied", async () => {
  await using served = await startServedRegistry();
  const { client } = served;
  const schema = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}';
  const first = await client.register("s-value", { schema });
  assert.deepEqual([first.id, first.schemaType, first.schema], [1, "AVRO", schema]);
  const found = await client.lookup("s-value", { schema });
  assert.deepEqual([found.id, found.version, found.subject], [1, 1, "s-value"]);
  assert.match(found.guid ?? "", /^[\da-f]{8}-/);
  assert.equal((await client.schemaByGuid(found.guid ?? "")).schema, schema);
  assert.deepEqual(await client.subjects(), ["s-value"]);
  assert.deepEqual(await client.versions("s-value"), [1]);
  assert.equal(await client.compatibilityLevel("s-value"), "BACKWARD");
  await client.setCompatibilityLevel("s-value", "FULL");
  assert.equal(await client.compatibilityLevel("s-value"), "FULL");
  const answer = await client.checkCompatibility("s-value", { schema: '"int"' });
  assert.equal(answer.isCompatible, false);
  assert.ok(answer.messages.length > 0);
  await assert.rejects(client.register("s-value", { schema: '"int"' }), (error: unknown) => {
    assert.ok(error instanceof RegistryClientError && error.isIncompatible);
    return fails("REGISTRY_REFUSED", /40901/)(error);
  });
  assert.deepEqual(await client.request({ method: "GET", path: "/schemas/types" }), ["JSON", "PROTOBUF", "AVRO"]);
  assert.equal(await client.deleteVersion("s-value", 1), 1);
  await assert.rejects(client.version("s-value", "latest"), (error: unknown) => (error as RegistryClientError).errorCode === 40401);
});

test("a schema is asked for once, however many wait", async () => {
  let asked = 0;
  await using registry = await serve((_request, response) => {
    asked++;
    json(response, 200, { schema: '"int"' });
  });
  await using client = createRegistryClient({ baseUrls: registry.url });
  const found = await Promise.all(Array.from({ length: 50 }, () => client.schemaById(7)));
  assert.equal(asked, 1);
  assert.deepEqual([found[49]?.id, found[49]?.schema], [7, '"int"']);
  await client.schemaById(7);
  assert.equal(asked, 1);
});

test("what is not known is asked for again after a while, and a latest version too", async () => {
  let asked = 0;
  await using registry = await serve((_request, response) => {
    asked++;
    if (asked === 1) json(response, 404, { error_code: 40403, message: "Schema 7 not found" });
    else json(response, 200, { id: asked, schema: '"int"', subject: "s", version: asked });
  });
  const clock = new SimulatedClock();
  await using client = createRegistryClient({ baseUrls: registry.url, clock });
  await assert.rejects(client.schemaById(7), fails("REGISTRY_REFUSED", /Schema 7 not found/));
  await assert.rejects(client.schemaById(7), fails("REGISTRY_REFUSED"));
  assert.equal(asked, 1);
  clock.advance(5_000);
  await client.schemaById(7);
  assert.equal(asked, 2);
  assert.equal((await client.version("s", "latest")).id, 3);
  assert.equal((await client.version("s", "latest")).id, 3);
  clock.advance(60_000);
  assert.equal((await client.version("s", "latest")).id, 4);
});

test("what this client changes it sees at once: a registration is the latest version, and what was deleted is registered again", async () => {
  await using served = await startServedRegistry();
  const { client } = served;
  await client.register("s", { schema: '"int"' });
  assert.equal((await client.version("s", "latest")).version, 1);
  await client.setCompatibilityLevel("s", "NONE");
  await client.register("s", { schema: '"string"' });
  assert.equal((await client.version("s", "latest")).version, 2);
  assert.deepEqual(await client.deleteSubject("s"), [1, 2]);
  await client.register("s", { schema: '"int"' });
  assert.deepEqual(await client.versions("s"), [3]);
});

test("caches are bounded: the least used goes", async () => {
  const asked: string[] = [];
  await using registry = await serve((request, response) => {
    asked.push(request.url ?? "");
    json(response, 200, { schema: '"int"' });
  });
  await using client = createRegistryClient({ baseUrls: registry.url, cacheSize: 2 });
  for (const id of [1, 2, 1, 3, 1, 2]) await client.schemaById(id);
  assert.deepEqual(
    asked,
    [1, 2, 3, 2].map((id) => `/schemas/ids/${id}`),
  );
});

test("what fails on the way is tried at the next URL, what is refused is told at once", async () => {
  let [busy, refused] = [0, 0];
  await using first = await serve((_request, response) => {
    busy++;
    json(response, 503, {});
  });
  await using second = await serve((request, response) => {
    if (request.method === "GET") return json(response, 200, ["a"]);
    refused++;
    json(response, 422, { error_code: 42201, message: "no schema" });
  });
  await using client = createRegistryClient({ baseUrls: [await nobody(), first.url, second.url], retryBackoffMs: 1 });
  assert.deepEqual(await client.subjects(), ["a"]);
  assert.equal(busy, 1);
  await assert.rejects(client.register("s", { schema: "{" }), fails("REGISTRY_REFUSED", /42201/, /no schema/));
  assert.deepEqual([busy, refused], [1, 1]);
});

test("nobody there, nobody who answers, no registry, a login that is refused: each is told, with the URL and no password", async () => {
  const away = createRegistryClient({ baseUrls: (await nobody()).replace("//", "//me:secret@"), retries: 1, retryBackoffMs: 1 });
  await assert.rejects(away.subjects(), (error: unknown) => {
    assert.ok(!(error as Error).message.includes("secret"));
    return fails("REGISTRY_UNREACHABLE", /refuses connections/, /2 attempts/, /baseUrls/)(error);
  });
  await using silent = await serve(() => {});
  const waiting = createRegistryClient({ baseUrls: silent.url, retries: 0, requestTimeoutMs: 50 });
  await assert.rejects(waiting.subjects(), fails("REGISTRY_UNREACHABLE", /within 50 ms/));
  await using full = await serve((_request, response) => json(response, 503, { error_code: 50003, message: "no instance leads for now" }));
  await assert.rejects(createRegistryClient({ baseUrls: full.url, retries: 1, retryBackoffMs: 1 }).subjects(), (error: unknown) => {
    assert.equal((error as { status?: number }).status, 503);
    return fails("REGISTRY_UNREACHABLE", /answered 503 \(no instance leads for now\) \(2 attempts\)/)(error);
  });
  await using page = await serve((_request, response) => void response.end("<html>"));
  await assert.rejects(
    createRegistryClient({ baseUrls: page.url }).subjects(),
    fails("REGISTRY_BAD_ANSWER", /<html>/, /is it a Schema Registry/),
  );
  await using guarded = await serve((request, response) =>
    request.headers.authorization === `Basic ${Buffer.from("me:s:ecret").toString("base64")}` ||
    request.headers.authorization === "Bearer t-2"
      ? json(response, 200, [])
      : json(response, 401, { error_code: 401, message: "Unauthorized" }),
  );
  await assert.rejects(createRegistryClient({ baseUrls: guarded.url }).subjects(), fails("REGISTRY_REFUSED", /401/, /"auth"/));
  assert.deepEqual(await createRegistryClient({ baseUrls: guarded.url, auth: { username: "me", password: "s:ecret" } }).subjects(), []);
  assert.deepEqual(await createRegistryClient({ baseUrls: guarded.url.replace("//", "//me:s%3Aecret@") }).subjects(), []);
  let tokens = 0;
  const renewing = createRegistryClient({ baseUrls: guarded.url, auth: { token: () => `t-${++tokens}` } });
  await assert.rejects(renewing.subjects(), fails("REGISTRY_REFUSED", /401/));
  assert.deepEqual(await renewing.subjects(), []);
});

test("answers of a hostile registry: redirects, endless bodies, ids that are none, rule sets of other types", async () => {
  let asked = 0;
  await using elsewhere = await serve((_request, response) => {
    asked++;
    response.writeHead(307, { location: "/subjects" }).end("[]");
  });
  await assert.rejects(createRegistryClient({ baseUrls: elsewhere.url }).subjects(), fails("REGISTRY_BAD_ANSWER", /elsewhere \(307\)/));
  assert.equal(asked, 1);
  const closed = Promise.withResolvers<void>();
  await using endless = await serve((_request, response) => {
    const trickle = setInterval(() => response.write(" "), 5);
    response.on("close", () => {
      clearInterval(trickle);
      closed.resolve();
    });
  });
  const patient = createRegistryClient({ baseUrls: endless.url, retries: 0, requestTimeoutMs: 100 });
  await assert.rejects(patient.subjects(), fails("REGISTRY_UNREACHABLE", /did not answer within 100 ms/));
  await closed.promise;
  let answer: object = {};
  await using wrong = await serve((_request, response) => json(response, 200, answer));
  const [schema, subject] = ['"int"', "s"];
  for (const [told, word] of [
    [{ subject, version: 1, id: 2 ** 31, schema }, /its id 2147483648/],
    [{ subject, version: 1, id: -1, schema }, /its id -1/],
    [{ subject, version: 1, id: 1.5, schema }, /its id 1.5/],
    [{ subject, version: 1, id: "1", schema }, /its id "1"/],
    [{ subject, version: 1.5, id: 1, schema }, /no version/],
    [{ subject, version: 1, id: 1, schema: {} }, /no schema/],
    [{ subject, version: 1, id: 1, schema, ruleSet: "x" }, /rule set is no object/],
    [{ subject, version: 1, id: 1, schema, ruleSet: { domainRules: {} } }, /"domainRules" of its rule set is no list/],
    [{ subject, version: 1, id: 1, schema, ruleSet: { migrationRules: [null] } }, /a rule in "migrationRules" is no object/],
    [{ subject, version: 1, id: 1, schema, metadata: 5 }, /metadata is no object/],
    [{ subject, version: 1, id: { deep: [] }, schema }, /its id \{…\}/],
    [[], /it is no object/],
  ] as const) {
    answer = told;
    await assert.rejects(createRegistryClient({ baseUrls: wrong.url }).version("s", 1), fails("REGISTRY_BAD_ANSWER", word));
  }
  for (const compatibilityLevel of [undefined, 7, {}]) {
    answer = { compatibilityLevel };
    await assert.rejects(createRegistryClient({ baseUrls: wrong.url }).compatibilityLevel("s"), fails("REGISTRY_BAD_ANSWER", /level/));
  }
  await using deep = await serve(
    (_request, response) => void response.end(`{"id":${"[".repeat(100_000)}${"]".repeat(100_000)},"schema":""}`),
  );
  await assert.rejects(createRegistryClient({ baseUrls: deep.url }).schemaById(1), fails("REGISTRY_BAD_ANSWER", /its id \[…\]/));
  const mega = " ".repeat(1 << 20);
  let pieces = 0;
  await using large = await serve((request, response) => {
    const write = (): void => {
      while (!response.destroyed && ++pieces <= 40 && response.write(mega));
      if (pieces > 40) response.end("[]");
    };
    pieces = 0;
    if (request.method === "GET") response.on("drain", write).on("error", () => {});
    write();
  });
  const hasty = createRegistryClient({ baseUrls: large.url, retries: 0 });
  for (const ask of [() => hasty.schemaById(1), () => hasty.version("s", 1), () => hasty.schemaByGuid("0")])
    await assert.rejects(ask(), fails("REGISTRY_UNREACHABLE", /sends more than 8388608 bytes/));
  // A list may be as long.
  assert.deepEqual(await hasty.subjects(), []);
  await using wordy = await serve((_request, response) => json(response, 422, { error_code: 42201, message: "x".repeat(1 << 20) }));
  await assert.rejects(createRegistryClient({ baseUrls: wordy.url }).version("s", 1), (error: Error) => error.message.length < 100_000);
});

test("a deletion whose outcome the registry does not know is told in its words, with its code, and not tried again", async () => {
  let asked = 0;
  await using registry = await serve((_request, response) => {
    asked++;
    json(response, 503, { error_code: 50003, message: "the outcome is unknown; look" });
  });
  const client = createRegistryClient({ baseUrls: registry.url, retryBackoffMs: 1 });
  await assert.rejects(client.request({ method: "DELETE", path: "/subjects/s" }), (error: unknown) => {
    const { status, errorCode } = error as { readonly status?: number; readonly errorCode?: number };
    assert.deepEqual([status, errorCode, asked], [503, 50003, 1]);
    return fails("REGISTRY_REFUSED", /the outcome is unknown; look/)(error);
  });
});

test("a deletion that may have been carried out is not tried again", async () => {
  let asked = 0;
  await using registry = await serve((_request, response) => {
    asked++;
    response.destroy();
  });
  await using client = createRegistryClient({ baseUrls: registry.url, retryBackoffMs: 1 });
  await assert.rejects(client.deleteSubject("s"), fails("REGISTRY_UNREACHABLE", /1 attempts/));
  assert.equal(asked, 1);
});

test("who gives up leaves the others waiting; a closed client leaves nobody", async () => {
  let release: (() => void) | undefined;
  await using registry = await serve((_request, response) => {
    release = () => json(response, 200, { schema: '"int"' });
    if (_request.url?.includes("never") !== true) release();
  });
  await using client = createRegistryClient({ baseUrls: registry.url });
  const controller = new AbortController();
  const impatient = client.version("never", 1, { signal: controller.signal });
  const patient = client.version("never", 1);
  controller.abort(new Error("enough"));
  await assert.rejects(impatient, fails("REGISTRY_ABORTED"));
  await client.close();
  await assert.rejects(patient, fails("REGISTRY_ABORTED"));
  await assert.rejects(client.schemaById(1), fails("REGISTRY_ABORTED"));
});

test("options that are none are refused with their name", () => {
  const refused: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ baseUrls: [] }, /baseUrls/],
    [{ baseUrls: "localhost:8081" }, /baseUrls/],
    [{ retries: 21 }, /retries/],
    [{ requestTimeoutMs: 0 }, /requestTimeoutMs/],
    [{ auth: { username: "me" } }, /auth/],
  ];
  for (const [options, word] of refused)
    assert.throws(() => createRegistryClient({ baseUrls: "http://127.0.0.1:1", ...options }), fails("REGISTRY_INVALID_OPTION", word));
});

test("a program that has nothing else to do waits for the next attempt, and hears why there is no answer", () => {
  const code = `import { createRegistryClient } from "@ottla/serdes";
const client = createRegistryClient({ baseUrls: "http://127.0.0.1:1", retries: 1 });
await client.subjects().catch((error) => console.log(error.code));`;
  const ran = spawnSync(process.execPath, ["--conditions=source", "--input-type=module", "-e", code], {
    cwd: new URL("../..", import.meta.url),
    encoding: "utf8",
  });
  assert.deepEqual([ran.status, ran.stdout], [0, "REGISTRY_UNREACHABLE\n"], ran.stderr);
});
