import { plainField } from "./plain-field.ts";
import { DataError } from "../data/data-error.ts";
import { PerSchema } from "../data/per-schema.ts";
import { struct } from "../data/make-schema.ts";
import { str } from "../plugin/config-shape.ts";
import { forKeyAndValue } from "./side.ts";

/** The key or value as the one field of a struct, or of an object where there is no schema. */
export const hoistField = forKeyAndValue("HoistField", {
  doc: "The key or value as the one field of a struct, or of an object where there is no schema.",
  config: { field: str().doc("The field's name.") },
  open({ field }, side) {
    const perSchema = new PerSchema((schema) => struct([{ name: field, schema }]));
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (value === null && schema?.optional === false && schema.defaultValue === undefined)
          throw new DataError(`null is no value of the required field ${field}`);
        return side.with(record, schema === undefined ? undefined : perSchema.of(schema), plainField(field, value));
      },
    };
  },
});
