import { ConnectError } from "../connect-error.ts";
import { PerSchema } from "../data/per-schema.ts";
import { setField } from "../data/struct-value.ts";
import { bool, list } from "../plugin/config-shape.ts";
import { fieldsOf, objectOf, readField, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "field replacement";

/** Some fields only, some under another name. */
export const replaceField = forKeyAndValue("ReplaceField", {
  doc: "Some fields only, some under another name.",
  config: {
    exclude: list().default([]).doc("Fields that go; before include."),
    include: list().default([]).doc("Fields that stay; without any, all do."),
    renames: list().default([]).doc("Old and new names, `old:new`."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const excluded = new Set(config.exclude);
    const included = new Set(config.include);
    const renames = renamesOf(config.renames);
    const useDefault = config["replace.null.with.default"];
    const stays = (name: string): boolean => !excluded.has(name) && (included.size === 0 || included.has(name));
    const nameOf = (name: string): string => renames.get(name) ?? name;
    const perSchema = new PerSchema((schema) => {
      const kept = fieldsOf(schema, PURPOSE)
        .filter(({ name }) => stays(name))
        .map((field) => ({ field, as: nameOf(field.name) }));
      return {
        kept,
        schema: structLike(
          schema,
          kept.map(({ field, as }) => ({ name: as, schema: field.schema })),
        ),
      };
    });
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (value === null) return record;
        if (schema === undefined) {
          const updated: Record<string, unknown> = {};
          for (const [name, own] of Object.entries(objectOf(value, PURPOSE))) if (stays(name)) setField(updated, nameOf(name), own);
          return side.with(record, undefined, updated);
        }
        const own = perSchema.of(schema);
        const from = structOf(schema, value, PURPOSE);
        const updated: Record<string, unknown> = {};
        for (const { field, as } of own.kept) setField(updated, as, readField(from, field, useDefault));
        return side.with(record, own.schema, updated);
      },
    };
  },
});

function renamesOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair): [string, string] => {
      const [from, to, ...more] = pair.split(":");
      if (from !== undefined && to !== undefined && more.length === 0) return [from, to];
      throw new ConnectError("CONNECT_CONFIG", `An entry of renames is old:new, not "${pair}".`);
    }),
  );
}
