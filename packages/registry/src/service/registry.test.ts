import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { avroFormat } from "../formats/avro/avro-format.ts";
import type { TopicRecord } from "../storage/topic-codec.ts";
import { registerSchema, type SchemaRequest } from "../subjects/register-schema.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { RegistryError } from "../registry-error.ts";
import { MemoryLog } from "./memory-log.ts";
import { NotAppended } from "./registry-log.ts";
import { Registry } from "./registry.ts";
import { RenewedRegistry } from "./renewed-registry.ts";

const formats = { AVRO: avroFormat };
const request = (subject: string, schema: string): SchemaRequest => ({
  subject,
  schemaType: "AVRO",
  schema: JSON.stringify(schema),
  references: [],
});
const register = (registry: Registry, subject: string, schema: string): Promise<SchemaVersion> =>
  registry.change((state, reader) => {
    const { records, version } = registerSchema(state, reader, request(subject, schema));
    return { records, reply: version };
  });

test("racing changes are decided one after another: one id for each schema, and each answered one is read", async () => {
  const log = new MemoryLog();
  const registry = await Registry.start({ log, formats });
  const primitives = ["int", "long", "string", "int", "long", "string"];
  const versions = await Promise.all(
    primitives.map(async (schema, index) => {
      const version = await register(registry, `s${index}`, schema);
      assert.equal(registry.state.version(`s${index}`, 1)?.id, version.id);
      return version;
    }),
  );
  assert.deepEqual(
    versions.map(({ id }) => id),
    [1, 2, 3, 1, 2, 3],
  );
  await registry.stop();
  const again = await Registry.start({ log: new MemoryLog(log.records), formats });
  assert.deepEqual([...again.state.subjects()].sort(), ["s0", "s1", "s2", "s3", "s4", "s5"]);
  await again.stop();
});

test("a change from which the topic is taken each time is given up, and nothing of it is written", async () => {
  class Taken extends MemoryLog {
    claims = 0;
    override lead(claim: TopicRecord): Promise<number> {
      assert.ok(++this.claims < 100, "it claims for ever");
      return super.lead(claim);
    }
    override append(): Promise<number> {
      return Promise.reject(new NotAppended("notLeading", new Error("another leads")));
    }
  }
  const log = new Taken();
  const registry = await Registry.start({ log, formats });
  await assert.rejects(register(registry, "s", "int"), { code: "REGISTRY_NOT_LEADING" });
  assert.deepEqual([log.claims, [...registry.state.subjects()]], [5, []]);
  await registry.stop();
});

test("a refused change writes nothing and holds nobody up", async () => {
  const log = new MemoryLog();
  const registry = await Registry.start({ log, formats });
  const [refused, taken] = await Promise.allSettled([register(registry, "s", "nothing"), register(registry, "s", "int")]);
  assert.equal(refused.status, "rejected");
  assert.ok(taken.status === "fulfilled" && taken.value.id === 1);
  assert.equal(log.records.length, 2, "the record of the start, and one schema");
  await registry.stop();
});

test("a log that fails in the middle of a change fails the registry: the change may hold, and no id is given twice", async () => {
  class Failing extends MemoryLog {
    isFailing = false;
    override async append(records: readonly TopicRecord[]): Promise<number> {
      const offset = await super.append(records);
      if (this.isFailing) throw new Error("the connection went");
      return offset;
    }
  }
  const log = new Failing();
  const registry = await Registry.start({ log, formats });
  log.isFailing = true;
  await assert.rejects(register(registry, "s", "int"), { code: "REGISTRY_STORE_TIMEOUT", message: /may hold or not.*the connection went/ });
  log.isFailing = false;
  await assert.rejects(register(registry, "t", "long"), { code: "REGISTRY_NOT_READY" });
  assert.throws(() => registry.requireSound(), { code: "REGISTRY_NOT_READY" });
  const again = await Registry.start({ log: new MemoryLog(log.records), formats });
  assert.equal((await register(again, "t", "long")).id, 2);
  await again.stop();
});

test("what could not be appended does not hold, and the next try or change begins with a claim; what may pass is tried twice", async () => {
  class Refusing extends MemoryLog {
    readonly reasons: NotAppended["reason"][] = [];
    claims = 0;
    #appends = 0;
    override lead(claim: TopicRecord): Promise<number> {
      this.claims++;
      return super.lead(claim);
    }
    override append(records: readonly TopicRecord[]): Promise<number> {
      if (++this.#appends > 10) return Promise.reject(new Error("it goes round"));
      const reason = this.reasons.shift();
      if (reason === undefined) return super.append(records);
      // As of a producer that is let go: nobody leads until somebody claims.
      this.topic.leader = undefined;
      return Promise.reject(new NotAppended(reason, new Error("no")));
    }
  }
  const log = new Refusing();
  const registry = await Registry.start({ log, formats, url: "http://this" });
  await registry.lead();
  await register(registry, "s", "int");
  for (const [code, ...reasons] of [
    ["REGISTRY_SCHEMA_TOO_LARGE", "tooLarge"],
    ["REGISTRY_STORE_FAILED", "forbidden"],
    ["REGISTRY_NOT_READY", "failed", "failed"],
  ] as const) {
    log.reasons.push(...reasons);
    await assert.rejects(register(registry, code, "long"), (error: unknown) => error instanceof RegistryError && error.code === code);
    assert.equal(registry.state.version(code, 1), undefined);
    await registry.lead();
    assert.equal((await register(registry, `after-${code}`, "long")).id, 2);
  }
  assert.equal(log.claims, 5);
  log.reasons.push("failed");
  assert.equal((await register(registry, "once", "string")).id, 3);
  assert.equal(log.claims, 6);
  await registry.stop();
});

test("a change that is never read back is told so in its time", async () => {
  class Deaf extends MemoryLog {
    isDeaf = false;
    override append(records: readonly TopicRecord[]): Promise<number> {
      return this.isDeaf ? Promise.resolve(99) : super.append(records);
    }
  }
  const log = new Deaf();
  const clock = new SimulatedClock();
  const registry = await Registry.start({ log, formats, clock, writeTimeoutMs: 20 });
  log.isDeaf = true;
  const change = register(registry, "s", "int");
  const refused = assert.rejects(change, { code: "REGISTRY_STORE_TIMEOUT" });
  while (clock.pendingTimers === 0) await Promise.resolve();
  await clock.advanceAsync(20);
  await refused;
  await registry.stop();
});

test("a change that waits to be read back is told at once when the topic fails", async () => {
  class Failing extends MemoryLog {
    fail: (error: Error) => void = () => {};
    isDeaf = false;
    appended = Promise.withResolvers<void>();
    override start(onRecords: Parameters<MemoryLog["start"]>[0], onError: (error: Error) => void = () => {}): Promise<"read" | "absent"> {
      this.fail = onError;
      return super.start(onRecords);
    }
    override append(records: readonly TopicRecord[]): Promise<number> {
      if (!this.isDeaf) return super.append(records);
      this.appended.resolve();
      return Promise.resolve(99);
    }
  }
  const log = new Failing();
  const clock = new SimulatedClock();
  const registry = await Registry.start({ log, formats, clock });
  log.isDeaf = true;
  const refused = assert.rejects(register(registry, "s", "int"), { code: "REGISTRY_STORE_TIMEOUT", message: /the topic went/ });
  await log.appended.promise;
  await new Promise(setImmediate);
  log.fail(new Error("the topic went"));
  await refused;
  assert.equal(clock.pendingTimers, 0);
  await registry.stop();
});

test("a change whose turn does not come in time is told so, and is not carried out when it comes", async () => {
  const held = Promise.withResolvers<void>();
  class Slow extends MemoryLog {
    override async append(records: readonly TopicRecord[]): Promise<number> {
      await held.promise;
      return super.append(records);
    }
  }
  const log = new Slow();
  const clock = new SimulatedClock();
  const registry = await Registry.start({ log, formats, clock });
  const first = register(registry, "s", "int");
  const second = assert.rejects(register(registry, "t", "long"), { code: "REGISTRY_NOT_READY", message: /was not carried out/ });
  while (log.records.length === 0) await new Promise(setImmediate);
  await clock.advanceAsync(15_000);
  await second;
  held.resolve();
  assert.equal((await first).id, 1);
  assert.equal((await register(registry, "u", "string")).id, 2);
  assert.equal(registry.state.version("t", 1), undefined);
  await registry.stop();
});

test("what waits when the registry stops is told", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats });
  const waiting = register(registry, "s", "int");
  await Promise.resolve();
  await registry.stop();
  await assert.rejects(waiting, /may hold or not|was stopped/);
});

test("changes beyond the bound are sent away, those that wait are carried out", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats });
  const all = await Promise.allSettled(Array.from({ length: 1_001 }, () => register(registry, "s", "int")));
  const refused = all.filter(({ status }) => status === "rejected");
  assert.deepEqual([refused.length, all[1_000]?.status], [1, "rejected"]);
  assert.equal((await register(registry, "s", "int")).id, 1);
  await registry.stop();
});

test("damaged records are counted and told of, up to a bound", async () => {
  const told: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => told.push(message), error() {} };
  const damaged = Array.from({ length: 50 }, (_each, index) => ({ offset: index, key: Buffer.from("{"), value: null }));
  const registry = await Registry.start({ log: new MemoryLog(damaged), formats, logger });
  assert.deepEqual([registry.damagedRecords, told.length], [50, 10]);
  assert.match(
    told[0] ?? "",
    /^The record at offset 0 of the registry's topic cannot be read and is passed over: a key in double quotes is missing/,
  );
  await registry.stop();
});

/** A topic that is not there before it is made. */
class AbsentLog extends MemoryLog {
  created = 0;
  isRefusing = false;
  byAnother: (() => Promise<unknown>) | undefined;

  override async start(onRecords: Parameters<MemoryLog["start"]>[0]): Promise<"read" | "absent"> {
    await super.start(onRecords);
    return "absent";
  }

  override async create(): Promise<void> {
    if (this.isRefusing) throw new Error("no rights");
    this.created++;
    await this.byAnother?.();
  }
}

test("without a topic a registry is empty, and the first change that holds makes it; what another wrote meanwhile counts", async () => {
  const log = new AbsentLog();
  const registry = await Registry.start({ log, formats });
  await assert.rejects(register(registry, "s", "nothing"));
  log.isRefusing = true;
  await assert.rejects(register(registry, "s", "int"), {
    code: "REGISTRY_NOT_READY",
    message: /could not be made, and nothing was changed: no rights/,
  });
  assert.deepEqual([log.records.length, log.created], [0, 0]);
  log.isRefusing = false;
  const other = new MemoryLog();
  const theirs = await Registry.start({ log: other, formats });
  await register(theirs, "t", "long");
  log.byAnother = async () => log.topic.append(other.records.map(({ key, value }) => ({ key: key ?? Buffer.alloc(0), value })));
  assert.deepEqual([(await register(registry, "s", "int")).id, log.created], [2, 1]);
  assert.equal((await register(registry, "s", "long")).id, 1);
  assert.equal(log.created, 1);
  await Promise.all([registry.stop(), theirs.stop()]);
});

test("a registry that failed is followed by one that begins anew from the topic, however often that takes", async () => {
  const clock = new SimulatedClock();
  let records = new MemoryLog().records;
  let begun = 0;
  const begin = async (): Promise<Registry> => {
    if (++begun === 2) throw new Error("the broker is away");
    const log = new MemoryLog(records);
    records = log.records;
    return Registry.start({ log, formats, clock });
  };
  const renewed = await RenewedRegistry.start({ begin, clock });
  await register(renewed.current, "s", "int");
  const first = renewed.current;
  assert.equal(await renewed.renewed(first), false, "it has not failed");
  await first.stop();
  assert.throws(() => renewed.current.requireSound());
  // Whoever waits is told after the first try.
  const waiting = renewed.renewed(first);
  while (begun < 2) {
    await new Promise(setImmediate);
    await clock.advanceAsync(100);
  }
  assert.equal(await waiting, false);
  assert.throws(() => renewed.current, { code: "REGISTRY_NOT_READY", message: /the broker is away/ });
  while (!isThere(renewed)) {
    await new Promise(setImmediate);
    await clock.advanceAsync(100);
  }
  assert.equal(begun, 3);
  assert.equal(await renewed.renewed(first), true);
  assert.equal((await register(renewed.current, "t", "int")).id, 1);
  assert.equal((await register(renewed.current, "t", "long").catch((error: Error) => error)) instanceof Error, false);
  const last = renewed.current;
  await last.stop();
  const ended = renewed.renewed(last);
  await renewed.stop();
  assert.equal(await ended, false, "nobody begins one anew after the end");
  assert.throws(() => renewed.current.requireSound());
});

test("a registry that cannot begin says why until it can", async () => {
  const clock = new SimulatedClock();
  const unsuitable = new RegistryError("REGISTRY_UNSUITABLE_TOPIC", "It has cleanup.policy=delete. Set it: …");
  const told: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (message: string, fields?: object) => told.push(`${message} ${JSON.stringify(fields)}`),
  };
  const failures: Error[] = [unsuitable, new Error("no broker")];
  const begin = (): Promise<Registry> => {
    const failure = failures.shift();
    return failure === undefined ? Registry.start({ log: new MemoryLog(), formats, clock }) : Promise.reject(failure);
  };
  const renewed = await RenewedRegistry.start({ begin, clock, logger });
  assert.throws(() => renewed.current, unsuitable);
  assert.match(told.join(), /cannot begin.*cleanup\.policy=delete/);
  while (failures.length > 0) {
    await new Promise(setImmediate);
    await clock.advanceAsync(100);
  }
  while (!isThere(renewed)) {
    await new Promise(setImmediate);
    await clock.advanceAsync(100);
  }
  assert.equal((await register(renewed.current, "s", "int")).id, 1);
  await renewed.stop();
});

function isThere(renewed: RenewedRegistry): boolean {
  try {
    return renewed.current instanceof Registry;
  } catch {
    return false;
  }
}
