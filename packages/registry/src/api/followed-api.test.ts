import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { MemoryLog, MemoryTopic } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { RenewedRegistry } from "../service/renewed-registry.ts";
import type { TopicRecord } from "../storage/topic-codec.ts";
import { followedApi } from "./followed-api.ts";
import { CLAIM_HEADER } from "./forward-request.ts";
import { ledApi } from "./led-api.ts";
import { registryApi } from "./registry-api.ts";
import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";
import { refusal } from "./answers.ts";

const formats = { AVRO: avroFormat };

/** Loses the answers of so many commits: what was written may be there or not, and is. */
class LosingLog extends MemoryLog {
  static losses = 0;

  override async append(records: readonly TopicRecord[]): Promise<number> {
    const offset = await super.append(records);
    if (LosingLog.losses-- > 0) throw new Error("the answer was lost");
    return offset;
  }
}

async function followed(): Promise<{
  readonly renewed: RenewedRegistry;
  readonly clock: SimulatedClock;
  readonly fetch: (request: Request) => Promise<Response>;
  begins: () => Promise<void>;
}> {
  const clock = new SimulatedClock();
  const topic = new MemoryTopic();
  const parts = { begins: () => Promise.resolve() };
  const begin = async (): Promise<Registry> => {
    await parts.begins();
    return Registry.start({ log: new LosingLog(topic), formats, clock });
  };
  const renewed = await RenewedRegistry.start({ begin, clock });
  const fetch = followedApi({
    registry: renewed,
    apiOf: (registry) => {
      const api = registryApi({ registry });
      const forward = (): Promise<Response> => Promise.reject(new Error("there is nobody"));
      return ledApi({ registry, answer: (request) => api.fetch(request), forward, logger: silentLogger, maxBodyBytes: 1000 });
    },
    maxBodyBytes: 1000,
  });
  return Object.assign(parts, { renewed, clock, fetch });
}

const request = (method: string, path: string, body?: string, headers: Record<string, string> = {}): Request =>
  new Request(`http://r${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body !== undefined && { body }),
  });
const registration = (type: string): Request => request("POST", "/subjects/s/versions", JSON.stringify({ schema: JSON.stringify(type) }));

async function answered(clock: SimulatedClock, asked: Promise<Response>): Promise<{ readonly status: number; readonly told: unknown }> {
  let response: Response | undefined;
  void asked.then((answer) => (response = answer));
  while (response === undefined) {
    await new Promise(setImmediate);
    if (clock.pendingTimers > 0) await clock.advanceAsync(20);
  }
  return { status: response.status, told: await response.json() };
}

test("who meets a registry that failed is answered by the one that follows it, reads and writes alike", async () => {
  const { renewed, clock, fetch } = await followed();
  assert.equal((await answered(clock, fetch(registration("int")))).status, 200);
  await renewed.current.stop();
  const [read, look, write] = await Promise.all([
    answered(clock, fetch(request("GET", "/subjects"))),
    answered(clock, fetch(request("POST", "/subjects/s", '{"schema":"\\"int\\""}'))),
    answered(clock, fetch(registration("int"))),
  ]);
  assert.deepEqual(read, { status: 200, told: ["s"] });
  assert.deepEqual([look.status, write.status], [200, 200]);
  await renewed.stop();
});

test("a registration of which nobody knows whether it holds is sent to the next registry; a deletion is told so", async () => {
  const { renewed, clock, fetch } = await followed();
  await answered(clock, fetch(registration("int")));
  LosingLog.losses = 1;
  const { status, told } = await answered(clock, fetch(request("PUT", "/config", '{"compatibility":"NONE"}')));
  assert.deepEqual([status, told], [200, { compatibility: "NONE" }]);
  LosingLog.losses = 2;
  assert.equal(((await answered(clock, fetch(registration("long")))).told as { id: number }).id, 2);
  assert.deepEqual((await answered(clock, fetch(request("GET", "/subjects/s/versions")))).told, [1, 2]);
  LosingLog.losses = 1;
  const lost = await answered(clock, fetch(request("DELETE", "/subjects/s")));
  assert.deepEqual([lost.status, (lost.told as { error_code: number }).error_code], [503, 50002]);
  assert.match((lost.told as { message: string }).message, /outcome is unknown.*Look .*deleted=true.* send it again/);
  assert.equal((await answered(clock, fetch(request("GET", "/subjects/s/versions")))).status, 404, "it was deleted");
  // Registries that fail one after the other are not asked for ever.
  LosingLog.losses = 10;
  assert.equal((await answered(clock, fetch(request("PUT", "/config", '{"compatibility":"FULL"}')))).status, 503);
  LosingLog.losses = 0;
  await renewed.stop();
});

test("nobody waits longer than until the next try is over, and another instance not at all", async () => {
  const parts = await followed();
  const { renewed, clock, fetch } = parts;
  parts.begins = () => Promise.reject(new Error("the cluster is away"));
  await renewed.current.stop();
  const forwarded = await fetch(request("PUT", "/config", "{}", { [CLAIM_HEADER]: "x" }));
  assert.deepEqual([forwarded.status, forwarded.headers.get("x-ottla-registry-state")], [503, "not-leading"]);
  for (const asked of [registration("int"), request("GET", "/subjects")]) {
    const { status, told } = await answered(clock, fetch(asked));
    assert.equal(status, 503);
    assert.match((told as { message: string }).message, /the cluster is away/);
  }
  await renewed.stop();
});

test("only where nothing was changed is a caller told when to come again", () => {
  const retryAfter = (code: RegistryErrorCode): string | null => refusal(new RegistryError(code, "x")).headers.get("retry-after");
  assert.deepEqual((["REGISTRY_NOT_LEADING", "REGISTRY_NOT_READY", "REGISTRY_BUSY"] as const).map(retryAfter), ["1", "1", "1"]);
  assert.deepEqual((["REGISTRY_STORE_TIMEOUT", "REGISTRY_FORWARDING_FAILED"] as const).map(retryAfter), [null, null]);
});
