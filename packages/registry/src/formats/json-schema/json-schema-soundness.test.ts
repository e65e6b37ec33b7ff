import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { Ajv2020 } from "ajv/dist/2020.js";
import { loadJsonSchemaFormat } from "./json-schema-format.ts";
import { type PlainSchema, RandomJsonSchemas } from "./random-json-schemas.ts";

const SEED = 20_12;
const PAIRS = 100;
const VALUES = 40;

// Not asked: LENIENT, formats, required properties with defaults, `oneOf` whose branches begin to overlap: there the field's rule is wider than what a validator takes.
test("where nothing is told, each value that the writer's validator takes is taken by the reader's", async () => {
  const format = await loadJsonSchemaFormat();
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  const parse = (schema: PlainSchema) =>
    format.parse({ schema: JSON.stringify(typeof schema === "boolean" ? schema : { ...schema, $schema }), resolved: [] });
  const random = new SeededRandom(SEED);
  const make = new RandomJsonSchemas(random);
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false, addUsedSchema: false });
  let fitting = 0;
  let asked = 0;
  for (let run = 0; run < PAIRS; run++) {
    const writer = make.schema(2);
    let reader = writer;
    for (let change = random.nextInt(4); change > 0; change--) reader = make.changed(reader, 2);
    if (parse(reader).problemsReading(parse(writer)).length > 0) continue;
    fitting++;
    const [takes, writes] = [ajv.compile(reader), ajv.compile(writer)];
    for (let count = 0; count < VALUES; count++) {
      const value = make.valueFor(writer, 3);
      if (!writes(value)) continue;
      asked++;
      const told = () =>
        `seed ${SEED}, run ${run}\nwriter ${JSON.stringify(writer)}\nreader ${JSON.stringify(reader)}\nvalue ${JSON.stringify(value)}`;
      if (!takes(value)) assert.fail(told());
    }
  }
  assert.ok(fitting > PAIRS / 5 && asked > fitting * 5, `${fitting} pairs that fit, ${asked} values`);
});
