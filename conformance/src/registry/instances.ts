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

async function startInstance(bootstrapServers: string, topic: string): Promise<Instance> {
  const cut = new AbortController();
  const client = createClient({ bootstrapServers, signal: cut.signal });
  const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
  const begin = (): Promise<Registry> =>
    Registry.start({ log: new SchemasTopic({ client, topic }), formats, url: `http://${port.authority}` });
  const registry = await RenewedRegistry.start({ begin });
  const server: RegistryServer = await serveRegistry({ registry: () => registry.current, port });
  const { url } = server;
  const kill = async (): Promise<void> => {
    cut.abort();
    await Promise.all([registry.stop().catch(() => {}), server.close()]);
    await client.close({ timeoutMs: 0 }).catch(() => {});
  };
  return { url, registry, kill };
}

interface Answer {
  readonly status: number;
  readonly told: Record<string, unknown>;
}

async function call(url: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { "content-type": TYPE },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, told: (await response.json()) as Record<string, unknown> };
}

const ROUNDS = 6;
const CALLS = 12;

/** Races registrations from three instances while leaders are killed; then a fresh registry reads the topic and is held to what was answered. */
export async function registryInstancesHold(bootstrap: string, topic: string): Promise<void> {
  let instances = await Promise.all(Array.from({ length: 3 }, () => startInstance(bootstrap, topic)));
  try {
    assert.equal((await call(instances[0]?.url ?? "", "PUT", "/config", { compatibility: "NONE" })).status, 200);
    const answered: { readonly subject: string; readonly schema: string; readonly id: number; readonly version: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const writes = Array.from({ length: CALLS }, async (_each, index) => {
        const { url } = instances[index % instances.length] as Instance;
        const subject = `s${(round + index) % 5}`;
        const schema = JSON.stringify({ type: "fixed", name: "F", size: 1 + ((round * 7 + index * 3) % 11) });
        // A killed instance answers nothing; what it had begun may hold or not.
        const answer = await call(url, "POST", `/subjects/${subject}/versions`, { schema }).catch(() => undefined);
        if (answer?.status !== 200) return;
        const [id, version] = [Number(answer.told["id"]), Number(answer.told["version"])];
        answered.push({ subject, schema, id, version });
        const read = await call(url, "GET", `/subjects/${subject}/versions/${version}`).catch(() => undefined);
        if (read !== undefined) assert.equal(read.status, 200, `who was answered reads it there: ${JSON.stringify(read.told)}`);
      });
      const victim = instances[round % instances.length] as Instance;
      await Promise.all([...writes, victim.kill()]);
      const next = await startInstance(bootstrap, topic);
      instances = instances.map((each) => (each === victim ? next : each));
    }
    assert.ok(answered.length > ROUNDS * 4, `${answered.length} of ${ROUNDS * CALLS} were answered`);

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
    assert.equal((await call(instance.url, "POST", "/subjects/a/versions", schema)).status, 200);
    const first = instance.registry.current;
    await client.admin().deleteTopics([topic]);
    await first.failed;
    let answer: Answer;
    do answer = await call(instance.url, "POST", "/subjects/b/versions", schema);
    while (answer.status !== 200);
    const [configs] = await client.admin().describeConfigs([{ type: "topic", name: topic }]);
    assert.equal(configs?.value?.find(({ name }) => name === "cleanup.policy")?.value, "compact");
    assert.deepEqual((await call(instance.url, "GET", "/subjects")).told, ["b"]);
  } finally {
    await instance.kill();
  }
}
