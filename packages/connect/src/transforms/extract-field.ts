import { DataError } from "../data/data-error.ts";
import { PerSchema } from "../data/per-schema.ts";
import { bool, oneOf, str } from "../plugin/config-shape.ts";
import { fieldAt, pathSteps, structValueAt, valueAt } from "./field-path.ts";
import { fieldsOf, objectOf, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "field extraction";

/** One field in place of the key or value. */
export const extractField = forKeyAndValue("ExtractField", {
  doc: "One field in place of the key or value.",
  config: {
    field: str().doc("The field's name, or by field.syntax.version V2 its path."),
    "field.syntax.version": oneOf("V1", "V2")
      .default("V1")
      .with({ validator: { kind: "oneOf", values: ["V1", "V2"], ignoreCase: true } })
      .doc("V1: a name, dots and all. V2: a path of names, with dots between them."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const useDefault = config["replace.null.with.default"];
    const steps = config["field.syntax.version"].toUpperCase() === "V2" ? pathSteps(config.field) : [config.field];
    const perSchema = new PerSchema((schema) => {
      fieldsOf(schema, PURPOSE);
      const field = fieldAt(schema, steps);
      if (field === undefined) throw new DataError(`there is no field ${config.field}`);
      return field.schema;
    });
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (schema === undefined) return side.with(record, undefined, value === null ? null : valueAt(objectOf(value, PURPOSE), steps));
        if (value !== null) structOf(schema, value, PURPOSE);
        const own = perSchema.of(schema);
        return side.with(record, own, structValueAt(schema, value, steps, useDefault));
      },
    };
  },
});
