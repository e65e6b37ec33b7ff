import { DataError } from "../data/data-error.ts";
import { struct } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectField } from "../data/schema.ts";
import { fieldOf, setField } from "../data/struct-value.ts";
import { bool } from "../plugin/config-shape.ts";
import { defineTransform } from "../plugin/define.ts";
import { fieldsOf, names, objectOf, readField, structOf } from "./requirements.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

const PURPOSE = "copying fields from value to key";

/** Some of the value's fields as the key. */
export const valueToKey = defineTransform({
  name: "ValueToKey",
  aliases: [`${JAVA_TRANSFORMS}ValueToKey`],
  version: TRANSFORMS_VERSION,
  doc: "Some of the value's fields as the key.",
  config: {
    fields: names().doc("The fields' names, in the order that they have in the key."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config) {
    const useDefault = config["replace.null.with.default"];
    const perSchema = new PerSchema((schema) => {
      const known = fieldsOf(schema, PURPOSE);
      const fields = config.fields.map((name): ConnectField => {
        const field = known.find((own) => own.name === name);
        if (field === undefined) throw new DataError(`the value has no field ${name}`);
        return field;
      });
      return { fields, schema: struct(fields) };
    });
    return {
      apply(record) {
        const { valueSchema: schema } = record;
        const value = record.value ?? null;
        const key: Record<string, unknown> = {};
        if (schema === undefined) {
          const from = objectOf(value, PURPOSE);
          for (const name of config.fields) setField(key, name, fieldOf(from, name) ?? null);
          return { ...record, keySchema: undefined, key };
        }
        const from = structOf(schema, value, PURPOSE);
        const own = perSchema.of(schema);
        for (const field of own.fields) setField(key, field.name, readField(from, field, useDefault));
        return { ...record, keySchema: own.schema, key };
      },
    };
  },
});
