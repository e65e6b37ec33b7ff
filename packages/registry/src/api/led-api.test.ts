import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { MemoryLog, MemoryTopic } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { RegistryState } from "../subjects/registry-state.ts";
import { schemaIdentity } from "../subjects/schema-identity.ts";
import { TopicCodec } from "../storage/topic-codec.ts";
import { CLAIM_HEADER, type Forward, ForwardError } from "./forward-request.ts";
import { ledApi } from "./led-api.ts";
import { registryApi } from "./registry-api.ts";

const formats = { AVRO: avroFormat };
const TYPES = ["int", "long", "string", "bytes", "float", "double", "boolean", "null"];

/** What happens to a request that one instance brings to another. */
type Mishap = "refused" | "lostBefore" | "lostAfter" | undefined;

/** Instances over one topic, by their addresses. A killed one answers nothing, and what it began may still reach the topic as long as nobody shut it out. */
class Instances {
  readonly topic = new MemoryTopic();
  readonly #up = new Map<string, { readonly registry: Registry; readonly answer: (request: Request) => Promise<Response> }>();
  mishap: () => Mishap = () => undefined;

  async start(url: string): Promise<void> {
    const registry = await Registry.start({ log: new MemoryLog(this.topic), formats, url });
    const api = registryApi({ registry });
    const forward: Forward = async (claim, { method, path, headers, body }) => {
      const mishap = this.mishap();
      const target = this.#up.get(claim.url);
      if (target === undefined || mishap === "refused") throw new ForwardError(claim, false, new Error("refused"));
      if (mishap === "lostBefore") throw new ForwardError(claim, true, new Error("lost"));
      const sent = new Headers({ "content-type": headers.get("content-type") ?? "", [CLAIM_HEADER]: claim.id });
      const response = await target.answer(new Request(claim.url + path, { method, headers: sent, ...(body.length > 0 && { body }) }));
      if (mishap === "lostAfter") throw new ForwardError(claim, true, new Error("lost"));
      return response;
    };
    const answer = ledApi({ registry, answer: (request) => api.fetch(request), forward, logger: silentLogger, maxBodyBytes: 10_000 });
    this.#up.set(url, { registry, answer });
  }

  async kill(url: string): Promise<void> {
    const killed = this.#up.get(url);
    this.#up.delete(url);
    await killed?.registry.stop();
  }

  async call(
    url: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly told: Record<string, unknown> }> {
    const at = this.#up.get(url);
    assert.ok(at !== undefined);
    const headers = { "content-type": "application/json" };
    const response = await at.answer(new Request(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) }));
    return { status: response.status, told: (await response.json()) as Record<string, unknown> };
  }

  get urls(): readonly string[] {
    return [...this.#up.keys()];
  }
}

const URLS = ["http://a", "http://b", "http://c"];
async function three(): Promise<Instances> {
  const instances = new Instances();
  for (const url of URLS) await instances.start(url);
  return instances;
}
const register = (instances: Instances, url: string, subject: string, schema: string): ReturnType<Instances["call"]> =>
  instances.call(url, "POST", `/subjects/${subject}/versions`, { schema: JSON.stringify(schema) });

test("any instance takes a write, and whoever was answered reads it there", async () => {
  const instances = await three();
  for (const [index, url] of URLS.entries()) {
    const subject = `s${index}`;
    assert.deepEqual((await register(instances, url, subject, TYPES[index] ?? "")).told["id"], index + 1);
    assert.equal((await instances.call(url, "GET", `/subjects/${subject}/versions/1`)).status, 200);
    assert.equal((await register(instances, url, `again${index}`, "int")).told["id"], 1);
  }
  assert.equal(instances.topic.records.filter(({ key }) => key?.includes("NOOP")).length, 1, "one claim is enough");
  for (const url of URLS) await instances.kill(url);
});

test("what the leader refuses is refused by all, and a follower that is behind refuses nothing by itself", async () => {
  const instances = await three();
  await register(instances, "http://a", "s", "int");
  assert.equal((await register(instances, "http://b", "s", "string")).status, 409);
  assert.deepEqual((await instances.call("http://c", "DELETE", "/subjects/nobody")).told["error_code"], 40401);
  assert.deepEqual((await instances.call("http://c", "DELETE", "/subjects/s")).told, [1]);
  assert.equal((await instances.call("http://c", "GET", "/subjects/s/versions")).status, 404);
  for (const url of URLS) await instances.kill(url);
});

test("a leader that is gone is followed by whoever is asked next; a deletion whose answer was lost is told so", async () => {
  const instances = await three();
  await register(instances, "http://a", "s", "int");
  await instances.kill("http://a");
  assert.equal((await register(instances, "http://b", "t", "long")).told["id"], 2);
  instances.mishap = () => "lostAfter";
  const { status, told } = await instances.call("http://c", "DELETE", "/subjects/t");
  assert.deepEqual([status, told["error_code"]], [503, 50003]);
  assert.match(String(told["message"]), /outcome is unknown.*Look .*deleted=true.* send it again/);
  instances.mishap = () => undefined;
  assert.deepEqual((await instances.call("http://c", "GET", "/subjects/t/versions?deleted=true")).told, [1]);
  instances.mishap = () => "lostAfter";
  assert.equal((await register(instances, "http://c", "u", "string")).told["id"], 3);
  for (const url of instances.urls) await instances.kill(url);
});

test("what was forwarded is not forwarded again", async () => {
  const instances = await three();
  await register(instances, "http://a", "s", "int");
  let forwards = 0;
  instances.mishap = () => (forwards++, undefined);
  const registry = await Registry.start({ log: new MemoryLog(instances.topic), formats, url: "http://d" });
  const api = registryApi({ registry, maxBodyBytes: 100 });
  const answer = ledApi({
    registry,
    answer: (request) => api.fetch(request),
    forward: () => Promise.reject(new Error("never")),
    logger: silentLogger,
    maxBodyBytes: 100,
  });
  const headers = { "content-type": "application/json", [CLAIM_HEADER]: "another" };
  const response = await answer(new Request("http://d/subjects/x/versions", { method: "POST", headers, body: '{"schema":"\\"int\\""}' }));
  assert.deepEqual([response.status, ((await response.json()) as { error_code: number }).error_code, forwards], [503, 50004, 0]);
  const tooLong = new Request("http://d/subjects/x/versions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "x".repeat(101),
  });
  assert.equal((await answer(tooLong)).status, 413);
  await registry.stop();
  for (const url of URLS) await instances.kill(url);
});

for (const seed of [1, 2, 3, 4]) {
  test(`racing writes, killed leaders and lost answers: ids mean one schema, and what was answered stays (seed ${seed})`, async () => {
    let state = seed * 2_654_435_761;
    const random = (below: number): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
      return (state >>> 8) % below;
    };
    const instances = await three();
    await instances.call("http://a", "PUT", "/config", { compatibility: "NONE" });
    const mishaps: Mishap[] = ["refused", "lostBefore", "lostAfter"];
    instances.mishap = () => (random(4) === 0 ? mishaps[random(3)] : undefined);
    const answered: { readonly subject: string; readonly schema: string; readonly id: number; readonly version: number }[] = [];
    for (let round = 0; round < 25; round++) {
      const calls = Array.from({ length: 6 }, async () => {
        const url = instances.urls[random(instances.urls.length)] ?? "";
        const [subject, schema] = [`s${random(12)}`, `${TYPES[random(8)]}`];
        const { status, told } = await register(instances, url, subject, schema).catch(() => ({
          status: 0,
          told: {} as Record<string, unknown>,
        }));
        if (status === 200) answered.push({ subject, schema, id: Number(told["id"]), version: Number(told["version"]) });
      });
      const victim = random(3) === 0 ? instances.urls[random(instances.urls.length)] : undefined;
      await Promise.all([...calls, ...(victim === undefined ? [] : [instances.kill(victim)])]);
      if (victim !== undefined) await instances.start(victim);
    }
    assert.ok(answered.length > 80, `${answered.length} answered`);
    // What any registry makes of the topic.
    const [codec, whole] = [new TopicCodec(), new RegistryState()];
    const contents = new Map<number, string>();
    const ids = new Map<string, number>();
    for (const { key, value } of instances.topic.records) {
      const read = codec.read(key, value);
      if (read.kind !== "change") continue;
      whole.apply(read.record);
      if (read.record.type !== "SCHEMA" || read.record.value === null) continue;
      const [{ id }, content] = [read.record.value, schemaIdentity(read.record.value)];
      assert.equal(contents.get(id) ?? content, content, `id ${id} means one schema`);
      assert.equal(ids.get(content) ?? id, id, `${read.record.value.schema} has one id`);
      contents.set(id, content);
      ids.set(content, id);
    }
    for (const { subject, schema, id, version } of answered) {
      const there = whole.version(subject, version);
      assert.deepEqual([there?.id, there?.schema], [id, JSON.stringify(schema)], `${subject} ${version}`);
    }
    for (const url of instances.urls) await instances.kill(url);
  });
}
