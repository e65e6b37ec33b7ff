// Several registries over one topic, on whichever cluster: racing registrations, killed leaders, cut connections, and the history of what was answered.
import assert from "node:assert/strict";
import { OpenPort } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import { avroFormat, Registry, RenewedRegistry, type RegistryServer, SchemasTopic, serveRegistry } from "@ottla/registry";

const formats = { AVRO: avroFormat };
const TYPE = "application/vnd.schemaregistry.v1+json";

/** A registry with its own client, at a port of its own. */
interface Instance {
  readonly url: string;
  readonly registry: RenewedRegistry;
  /** Lets go of everything without a word to anybody: its transaction stays open, its connections are cut. */
  kill(): Promise<void>;
}

/** Another instance over the topic. */
export async function startInstance(bootstrapServers: string, topic: string): Promise<Instance> {
  const cut = new AbortController();
  const client = createClient({ bootstrapServers, signal: cut.signal });
  const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
  const begin = (): Promise<Registry> =>
    Registry.start({ log: new SchemasTopic({ client, topic }), formats, url: `http://${port.authority}` });
  const registry = await RenewedRegistry.start({ begin });
  const server: RegistryServer = await serveRegistry({ registry, port });
  const { url } = server;
  const kill = async (): Promise<void> => {
    cut.abort();
    await Promise.all([registry.stop().catch(() => {}), server.close()]);
    await client.close({ timeoutMs: 0 }).catch(() => {});
  };
  return { url, registry, kill };
}

/** What an instance answered. */
export interface Answer {
  readonly status: number;
  readonly told: Record<string, unknown>;
}

/** Asks one instance. */
export async function call(url: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { "content-type": TYPE },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, told: (await response.json()) as Record<string, unknown> };
}

/**
 * Asks one instance after the other until one has settled it, as clients of all languages do: nothing but 200 is an answer here, and nothing but 503 or a cut connection is a reason to ask the next one.
 * @returns the answer, and which instance gave it
 */
async function settled(
  urls: () => readonly string[],
  first: number,
  method: string,
  path: string,
  body?: object,
): Promise<Answer & { readonly url: string }> {
  const until = Date.now() + SETTLED_MS;
  for (let turn = first; ; turn++) {
    const all = urls();
    const url = all[turn % all.length] ?? "";
    const answer = await call(url, method, path, body).catch(() => undefined);
    if (answer?.status === 200) return { ...answer, url };
    const told = JSON.stringify(answer?.told);
    if (answer !== undefined) assert.equal(answer.status, 503, `${method} ${path} is settled, or may be sent again: ${told}`);
    assert.ok(Date.now() < until, `${method} ${path} was not settled within ${SETTLED_MS} ms; the last answer was ${told}`);
  }
}

const SETTLED_MS = 100_000;
const ROUNDS = 6;
const CALLS = 12;

/** Races registrations from three instances while leaders are killed; then a fresh registry reads the topic and is held to what was answered. */
export async function registryInstancesHold(bootstrap: string, topic: string): Promise<void> {
  let instances = await Promise.all(Array.from({ length: 3 }, () => startInstance(bootstrap, topic)));
  const replaced = async (victim: Instance): Promise<void> => {
    await victim.kill();
    const next = await startInstance(bootstrap, topic);
    instances = instances.map((each) => (each === victim ? next : each));
  };
  try {
    const urls = (): readonly string[] => instances.map(({ url }) => url);
    await settled(urls, 0, "PUT", "/config", { compatibility: "NONE" });
    const answered: { readonly subject: string; readonly schema: string; readonly id: number; readonly version: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const victim = instances[round % instances.length] as Instance;
      const writes = Array.from({ length: CALLS }, async (_each, index) => {
        const subject = `s${(round + index) % 5}`;
        const schema = JSON.stringify({ type: "fixed", name: "F", size: 1 + ((round * 7 + index * 3) % 11) });
        const { told, url } = await settled(urls, index, "POST", `/subjects/${subject}/versions`, { schema });
        const [id, version] = [Number(told["id"]), Number(told["version"])];
        answered.push({ subject, schema, id, version });
        const read = await call(url, "GET", `/subjects/${subject}/versions/${version}`).catch(() => undefined);
        if (read?.status === 503 && url === victim.url) return;
        if (read !== undefined) assert.equal(read.status, 200, `who was answered reads it there: ${JSON.stringify(read.told)}`);
        else assert.equal(url, victim.url, "only a killed instance does not answer");
      });
      await Promise.all([...writes, replaced(victim)]);
    }
    assert.equal(answered.length, ROUNDS * CALLS);

    const fresh = await startInstance(bootstrap, topic);
    instances.push(fresh);
    const { state } = fresh.registry.current;
    const idOf = new Map<string, number>();
    const schemaOf = new Map<number, string>();
    for (const subject of state.subjects()) {
      for (const { id, schema } of state.versions(subject)) {
        assert.equal(idOf.get(schema) ?? id, id, `${schema} has one id`);
        assert.equal(schemaOf.get(id) ?? schema, schema, `id ${id} means one schema`);
        idOf.set(schema, id);
        schemaOf.set(id, schema);
      }
    }
    for (const { subject, schema, id, version } of answered) {
      const there = state.version(subject, version);
      assert.deepEqual([there?.id, there?.schema], [id, schema], `${subject} ${version} was answered`);
    }
  } finally {
    await Promise.all(instances.map(({ kill }) => kill()));
  }
}

/** Deletes the topic under a registry, asks the broker for it as clients do that let it be made, and registers again. */
export async function topicMadeAnew(bootstrapServers: string, topic: string): Promise<void> {
  const instance = await startInstance(bootstrapServers, topic);
  await using client: Client = createClient({ bootstrapServers });
  try {
    const schema = { schema: '"int"' };
    await settled(() => [instance.url], 0, "POST", "/subjects/a/versions", schema);
    const first = instance.registry.current;
    await client.admin().deleteTopics([topic]);
    await first.failed;
    await settled(() => [instance.url], 0, "POST", "/subjects/b/versions", schema);
    const [configs] = await client.admin().describeConfigs([{ type: "topic", name: topic }]);
    assert.equal(configs?.value?.find(({ name }) => name === "cleanup.policy")?.value, "compact");
    assert.deepEqual((await call(instance.url, "GET", "/subjects")).told, ["b"]);
  } finally {
    await instance.kill();
  }
}
