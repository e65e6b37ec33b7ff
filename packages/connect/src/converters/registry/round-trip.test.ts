import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect as inspected } from "node:util";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { sameSchema, sameValue } from "../../data/same-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import type { Converter } from "../../plugin/converter-plugin.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { jsonSchemaConverter } from "../json-schema/json-schema-converter.ts";
import { protobufConverter } from "../protobuf/protobuf-converter.ts";
import { RandomData } from "../testing/random-data.ts";
import { startServedRegistry } from "../testing/served-registry.ts";

const RUNS = Number(process.env["OTTLA_RUNS"] ?? 12);

const inspect = (value: unknown): string => inspected(value, { depth: 12, breakLength: 200 });

/** A null in place of a default that must be there is that default. */
function withDefaults(schema: ConnectSchema, value: unknown): unknown {
  return value ?? (schema.optional ? null : (schema.defaultValue ?? null));
}

async function roundTrips(open: (url: string) => Promise<Converter>, runs: number): Promise<void> {
  const seed = testSeed();
  await using registry = await startServedRegistry();
  const converter = await open(registry.url);
  for (let run = 0; run < runs; run++) {
    const data = new RandomData(new SeededRandom(seed + run));
    const schema = data.schema();
    const at = `OTTLA_TEST_SEED=${seed + run} OTTLA_RUNS=1`;
    try {
      for (let record = 0; record < 3; record++) {
        const value = withDefaults(schema, data.value(schema));
        if (value === null) continue;
        const bytes = await converter.fromConnect(`t${run}`, { schema, value }, []);
        const read = await converter.toConnect(`t${run}`, bytes, []);
        assert.ok(sameSchema(read.schema, schema), `the schema came back as ${inspect(read.schema)} and was ${inspect(schema)}`);
        assert.ok(sameValue(read.value, value), `the value came back as ${inspect(read.value)} and was ${inspect(value)}`);
      }
    } catch (error) {
      throw new Error(`${at}: ${(error as Error).message}`, { cause: error });
    }
  }
  await converter.close!();
}

test("every schema of Connect's data model comes back from Protobuf, with its values", async () => {
  await roundTrips(
    async (url) =>
      protobufConverter.open(readConfig(protobufConverter.config, { "schema.registry.url": url, "scrub.invalid.names": "true" }), {
        part: "value",
      }),
    RUNS,
  );
});

async function openJsonSchema(url: string, decimals: string): Promise<Converter> {
  const config = readConfig(jsonSchemaConverter.config, { "schema.registry.url": url, "decimal.format": decimals });
  return jsonSchemaConverter.open(config, { part: "value" });
}

test("every schema of Connect's data model comes back from JSON Schema, with its values and decimals as bytes", async () => {
  await roundTrips((url) => openJsonSchema(url, "BASE64"), RUNS);
});

test("every schema of Connect's data model comes back from JSON Schema, with its values and decimals as numbers", async () => {
  await roundTrips((url) => openJsonSchema(url, "NUMERIC"), RUNS);
});
