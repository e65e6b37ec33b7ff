/**
 * Looks for requests to the Schema Registry that keep its loop busy for longer than 50 ms, in ms of processor time of its thread, so that other programs do not count. A case that does so is repeated
 * twice, and fails if it does so each time.
 *
 *   npm run test:stalls -- --registry [WORD]
 */
import { MemoryLog, Registry, TopicCodec } from "@ottla/registry";
import { registryApi } from "@ottla/registry/api";
import { loadFormats } from "@ottla/registry/formats";
import { type RegistryCase, registryCases, registryScenes } from "./registry-cases.ts";
import { longestTurn } from "./turns.ts";

const LONGEST_STALL_MS = 50;
const ATTEMPTS = 3;
const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };

/** Resolves with what failed. `tellsAll`: a line for each case. */
export async function sweepRegistry({
  word,
  tellsAll,
}: {
  readonly word: string;
  readonly tellsAll: boolean;
}): Promise<{ readonly count: number; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  let count = 0;
  const formats = await loadFormats();
  for (const scene of Object.keys(registryScenes) as (keyof typeof registryScenes)[]) {
    const cases = registryCases.filter((each) => each.scene === scene && each.name.includes(word));
    if (cases.length === 0) continue;
    const records = recordsOf(scene);
    const start = (): Promise<Registry> => Registry.start({ log: new MemoryLog(records), formats });
    let registry = await start();
    await warmUp(registry);
    for (const each of cases) {
      count++;
      let best = { longestMs: Infinity, told: "" };
      for (let attempt = 0; attempt < ATTEMPTS && best.longestMs > LONGEST_STALL_MS; attempt++) {
        const { longestMs, told } = await measure(registry, each);
        if (longestMs < best.longestMs) best = { longestMs, told };
        // What was registered or parsed before makes the next attempt another one.
        if (each.path.endsWith("/versions") || each.isOnce) {
          await registry.stop();
          registry = await start();
        }
      }
      const isGood = best.longestMs <= LONGEST_STALL_MS;
      if (!isGood) failures.push(`registry, ${each.name}: ${best.longestMs.toFixed(0)} ms (${best.told})`);
      if (!isGood || tellsAll)
        console.log(`${isGood ? "ok    " : "FAILED"} ${best.longestMs.toFixed(1).padStart(7)} ms  registry, ${each.name}: ${best.told}`);
    }
    await registry.stop();
  }
  return { count, failures };
}

async function measure(registry: Registry, { method, path, body }: RegistryCase): Promise<{ longestMs: number; told: string }> {
  const sent = body === undefined ? undefined : JSON.stringify(body());
  const request = new Request(`http://registry${path}`, {
    method: method ?? (sent === undefined ? "GET" : "POST"),
    headers,
    ...(sent !== undefined && { body: sent }),
  });
  let status = 0;
  let bytes = 0;
  const api = registryApi({ registry });
  const { longestMs, cpuMs } = await longestTurn(async () => {
    const response = await api.fetch(request);
    status = response.status;
    for await (const piece of response.body ?? []) bytes += piece.length;
  });
  return {
    longestMs,
    told: `${status}, ${((sent?.length ?? 0) / 1_000).toFixed(0)} kB asked, ${(bytes / 1_000).toFixed(0)} kB answered, ${cpuMs.toFixed(0)} ms in all`,
  };
}

/** Code that was never run is compiled first, and checks of meta-schemas are built. */
async function warmUp(registry: Registry): Promise<void> {
  const api = registryApi({ registry });
  for (const [schemaType, schema] of [
    ["AVRO", '"int"'],
    ["JSON", '{"type":"object","properties":{"a":{"type":"string"}}}'],
    ["PROTOBUF", 'syntax = "proto3"; message A { string a = 1; }'],
  ] as const) {
    for (let n = 0; n < 20; n++) {
      await (
        await api.fetch(
          new Request(`http://registry/compatibility/subjects/warm/versions`, {
            method: "POST",
            headers,
            body: JSON.stringify({ schemaType, schema }),
          }),
        )
      ).text();
    }
  }
}

function recordsOf(scene: keyof typeof registryScenes): { offset: number; key: Buffer; value: Buffer | null }[] {
  const codec = new TopicCodec();
  const records: { offset: number; key: Buffer; value: Buffer | null }[] = [];
  const add = (record: Parameters<TopicCodec["write"]>[0]): void => {
    for (const each of codec.write(record)) records.push({ offset: records.length, ...each });
  };
  add({ type: "CONFIG", subject: null, value: { compatibilityLevel: "FULL_TRANSITIVE" } });
  for (const { subject, version, id, schema, schemaType = "AVRO", references = [] } of registryScenes[scene]()) {
    const hex = id.toString(16).padStart(32, "0");
    const guid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    add({
      type: "SCHEMA",
      subject,
      version,
      value: { subject, version, id, guid, schemaType, schema, references, metadata: undefined, ruleSet: undefined, isDeleted: false },
    });
  }
  return records;
}
