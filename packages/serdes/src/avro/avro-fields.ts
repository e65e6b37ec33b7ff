import {
  type AvroField,
  type AvroRecord,
  type AvroType,
  branchName,
  fullName,
  isWrapped,
  type JsonValue,
  kindOfType,
} from "@ottla/registry/formats/avro";
import { type FieldTree, type FieldVisit, mapList, mapObject, pointer, type RuleField } from "../rules/field-tree.ts";
import { type AvroShape, kindOfValue } from "./avro-shape.ts";

type Named = Pick<RuleField, "fullName" | "name" | "tags">;

/** The fields of records, found by their schema. Values are of `shape`. */
export function avroFields(root: AvroType, shape: AvroShape, pathTags: (fullName: string) => readonly string[]): FieldTree {
  const known = new Map<AvroField, Named>();
  const named = (record: AvroRecord, field: AvroField): Named => {
    const found = known.get(field);
    if (found !== undefined) return found;
    const path = `${fullName(record.name)}.${field.name}`;
    const made = {
      name: field.name,
      fullName: path,
      tags: new Set([...tagsIn(field.properties.get("confluent:tags")), ...pathTags(path)]),
    };
    known.set(field, made);
    return made;
  };
  const walk = (
    type: AvroType,
    value: unknown,
    at: { readonly field: Named | undefined; readonly path: string },
    visit: FieldVisit,
  ): unknown => {
    const { field, path } = at;
    const inside = (part: AvroType, step: string | number): ((element: unknown) => unknown) => {
      return (element) => walk(part, element, { field, path: pointer(path, step) }, visit);
    };
    const seen = (now: unknown): unknown =>
      field === undefined || value === null ? now : visit(now, { ...field, typeName: type.kind.toUpperCase(), path });
    switch (type.kind) {
      case "record": {
        // A value that is between two versions is of neither.
        if (typeof value !== "object" || value === null) return value;
        const fields = new Map(type.fields.map((each) => [each.name, each]));
        const now = mapObject(value, (part, name) => {
          const each = fields.get(name);
          return each === undefined ? part : walk(each.type, part, { field: named(type, each), path: pointer(path, name) }, visit);
        });
        return field !== undefined && field.tags.size > 0 ? seen(now) : now;
      }
      case "array":
        return Array.isArray(value) ? mapList(value, (element, index) => inside(type.items, index)(element)) : value;
      case "map":
        return typeof value === "object" && value !== null ? mapObject(value, (part, name) => inside(type.values, name)(part)) : value;
      case "union": {
        if (value === null) return value;
        if (isWrapped(type.branches, shape) && typeof value === "object")
          return mapObject(value, (part, name) => {
            const branch = type.branches.find((each) => branchName(each) === name);
            return branch === undefined ? part : inside(branch, name)(part);
          });
        const kind = kindOfValue(value);
        const branch = type.branches.find((each) => kindOfType(each, shape) === kind);
        return branch === undefined ? value : walk(branch, value, at, visit);
      }
      case "null":
      case "boolean":
      case "int":
      case "long":
      case "float":
      case "double":
      case "string":
      case "bytes":
      case "fixed":
      case "enum":
        return seen(value);
    }
  };
  return { map: (value, visit) => walk(root, value, { field: undefined, path: "" }, visit) };
}

function tagsIn(tags: JsonValue | undefined): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
