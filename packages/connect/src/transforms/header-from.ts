import { ConnectError } from "../connect-error.ts";
import type { ConnectHeader } from "../data/connect-record.ts";
import { DataError } from "../data/data-error.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectField } from "../data/schema.ts";
import { fieldOf } from "../data/struct-value.ts";
import { bool, oneOf } from "../plugin/config-shape.ts";
import { fieldsOf, names, objectOf, readField, structCopier, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

/** Fields as headers, moved or copied. */
export const headerFrom = forKeyAndValue("HeaderFrom", {
  doc: "Fields as headers, moved or copied.",
  config: {
    fields: names().doc("The fields' names."),
    headers: names().doc("The headers' names, one for each field."),
    operation: oneOf("move", "copy").doc("Whether the field goes, or stays."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const { fields, headers, operation } = config;
    if (fields.length !== headers.length) throw new ConnectError("CONNECT_CONFIG", "HeaderFrom has as many headers as fields.");
    const purpose = `header ${operation}`;
    const useDefault = config["replace.null.with.default"];
    const moves = operation === "move";
    const perSchema = new PerSchema((schema) => {
      const known = fieldsOf(schema, purpose);
      const moved = fields.map((name, index): { readonly key: string; readonly field: ConnectField } => {
        const field = known.find((own) => own.name === name);
        if (field === undefined) throw new DataError(`there is no field ${name}`);
        return { key: headers[index]!, field };
      });
      const updated = moves
        ? structLike(
            schema,
            known.filter(({ name }) => !fields.includes(name)),
          )
        : schema;
      return { moved, schema: updated, copy: structCopier(updated, moves && useDefault) };
    });
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (schema === undefined) {
          const from = objectOf(value, purpose);
          const added = fields.map(
            (name, index): ConnectHeader => ({ key: headers[index]!, schema: undefined, value: fieldOf(from, name) ?? null }),
          );
          return { ...side.with(record, undefined, moves ? without(from, fields) : from), headers: [...record.headers, ...added] };
        }
        const from = structOf(schema, value, purpose);
        const own = perSchema.of(schema);
        const added = own.moved.map(
          ({ key, field }): ConnectHeader => ({ key, schema: field.schema, value: readField(from, field, useDefault) }),
        );
        const updated = moves ? without(own.copy(from), fields) : value;
        return { ...side.with(record, own.schema, updated), headers: [...record.headers, ...added] };
      },
    };
  },
});

function without(value: Readonly<Record<string, unknown>>, gone: readonly string[]): Record<string, unknown> {
  const left: Record<string, unknown> = { ...value };
  for (const name of gone) delete left[name];
  return left;
}
