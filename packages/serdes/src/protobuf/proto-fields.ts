import { type DescExtension, type DescField, type DescMessage, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";
import { type FieldTree, type FieldVisit, mapList, mapObject, pointer, type RuleField } from "../rules/field-tree.ts";

type Named = Pick<RuleField, "fullName" | "name" | "tags">;

/** What says a field's tags: `[(confluent.field_meta).tags = "PII"]`. */
interface TagSources {
  readonly fieldMeta: DescExtension | undefined;
  readonly pathTags: (fullName: string) => readonly string[];
}

/** The fields of messages, by their descriptor. */
export function protoFields(messageIn: (value: object) => DescMessage, { fieldMeta, pathTags }: TagSources): FieldTree {
  const known = new Map<DescField, Named>();
  const named = (field: DescField): Named => {
    const found = known.get(field);
    if (found !== undefined) return found;
    const fullName = `${field.parent.typeName}.${field.name}`;
    const made = { name: field.name, fullName, tags: new Set([...tagsOf(field, fieldMeta), ...pathTags(fullName)]) };
    known.set(field, made);
    return made;
  };
  const message = (desc: DescMessage, value: object, path: string, visit: FieldVisit): unknown => {
    const byName = new Map(desc.fields.map((field) => [field.name, field]));
    return mapObject(value, (part, name) => {
      const field = byName.get(name);
      return field === undefined || part == null ? part : fieldValue(field, part, pointer(path, name), visit);
    });
  };
  const fieldValue = (field: DescField, value: unknown, path: string, visit: FieldVisit): unknown => {
    const one = (part: unknown, at: string): unknown => {
      const inside = field.message;
      if (inside === undefined) return visit(part, { ...named(field), typeName: typeNameOf(field), path: at });
      const now = typeof part === "object" && part !== null ? message(inside, part, at, visit) : part;
      return named(field).tags.size > 0 ? visit(now, { ...named(field), typeName: "RECORD", path: at }) : now;
    };
    if (field.fieldKind === "list") return Array.isArray(value) ? mapList(value, (part, index) => one(part, pointer(path, index))) : value;
    if (field.fieldKind !== "map") return one(value, path);
    return typeof value === "object" && value !== null ? mapObject(value, (part, key) => one(part, pointer(path, key))) : value;
  };
  return {
    map: (value, visit) => (typeof value === "object" && value !== null ? message(messageIn(value), value, "", visit) : value),
  };
}

function tagsOf(field: DescField, fieldMeta: DescExtension | undefined): readonly string[] {
  if (fieldMeta === undefined || !hasOption(field, fieldMeta)) return [];
  const { tags }: { readonly tags?: unknown } = getOption<DescExtension, DescField>(field, fieldMeta) as object;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

const TYPE_NAMES: Partial<Readonly<Record<ScalarType, string>>> = {
  [ScalarType.STRING]: "STRING",
  [ScalarType.BYTES]: "BYTES",
  [ScalarType.BOOL]: "BOOLEAN",
  [ScalarType.FLOAT]: "FLOAT",
  [ScalarType.DOUBLE]: "DOUBLE",
  [ScalarType.INT64]: "LONG",
  [ScalarType.UINT64]: "LONG",
  [ScalarType.SINT64]: "LONG",
  [ScalarType.FIXED64]: "LONG",
  [ScalarType.SFIXED64]: "LONG",
};

function typeNameOf({ enum: symbols, scalar }: DescField): string {
  if (symbols !== undefined) return "ENUM";
  return (scalar === undefined ? undefined : TYPE_NAMES[scalar]) ?? "INT";
}
