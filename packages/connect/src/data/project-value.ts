import { DataError } from "./data-error.ts";
import { described } from "./check-value.ts";
import { sameParameters, sameSchema } from "./same-schema.ts";
import type { ConnectSchema, ConnectType } from "./schema.ts";
import { fieldOf, setField } from "./struct-value.ts";

/** Each fits into those behind it. */
const WIDER: readonly ConnectType[] = ["int8", "int16", "int32", "int64", "float", "double"];

type Project = (value: unknown) => unknown;

/**
 * What makes of values of one schema values of a later one, as Apache Connect's `SchemaProjector`: numbers become wider, fields that the target does not have go, fields that it has more get their default.
 * @throws ConnectError CONNECT_DATA where no value of `source` can become one of `target`; what it returns throws the same for a single value.
 */
export function projector(source: ConnectSchema, target: ConnectSchema): Project {
  if (sameSchema(source, target)) return (value) => value ?? null;
  if (source.name !== target.name)
    throw new DataError(`${described(source)} and ${described(target)} are of two names, and no value of one is a value of the other`);
  if (!sameParameters(source.parameters, target.parameters))
    throw new DataError(`the parameters of the written schema are not those of ${described(target)}`);
  const project = ofType(source, target);
  if (source.optional && !target.optional && target.defaultValue === undefined)
    throw new DataError(`what was written may be null, and ${described(target)} is neither optional nor has a default`);
  const absent = target.optional ? null : target.defaultValue;
  return (value) => {
    if (value !== null && value !== undefined) return project(value);
    if (absent !== undefined) return absent;
    throw new DataError(`null is no value of ${described(target)}, which is not optional`);
  };
}

function ofType(source: ConnectSchema, target: ConnectSchema): Project {
  if (source.type === target.type) {
    if (source.type === "struct") return ofStruct(source, target);
    if (source.type === "array") return ofArray(projector(source.valueSchema!, target.valueSchema!));
    if (source.type === "map")
      return ofMap(projector(source.keySchema!, target.keySchema!), projector(source.valueSchema!, target.valueSchema!));
    return (value) => value;
  }
  const [from, to] = [WIDER.indexOf(source.type), WIDER.indexOf(target.type)];
  if (from < 0 || to < 0 || from > to) throw new DataError(`${described(source)} does not become ${described(target)}`);
  if (target.type === "int64") return (value) => (typeof value === "number" ? BigInt(value) : value);
  if (source.type === "int64") return target.type === "float" ? (value) => Math.fround(Number(value)) : (value) => Number(value);
  return target.type === "float" ? (value) => Math.fround(value as number) : (value) => value;
}

function ofStruct(source: ConnectSchema, target: ConnectSchema): Project {
  const written = new Map(source.fields!.map((field) => [field.name, field.schema]));
  const steps = target.fields!.map(({ name, schema }): { readonly name: string; readonly project: Project } => {
    const own = written.get(name);
    if (own !== undefined) return { name, project: fieldProjector(name, own, schema) };
    if (schema.optional) return { name, project: () => null };
    const { defaultValue } = schema;
    if (defaultValue !== undefined) return { name, project: () => defaultValue };
    throw new DataError(`what was written does not have it, and ${described(schema)} is neither optional nor has a default`, name);
  });
  return (value) => {
    const from = value as Readonly<Record<string, unknown>>;
    const to: Record<string, unknown> = {};
    for (const { name, project } of steps) setField(to, name, project(fieldOf(from, name)));
    return to;
  };
}

function fieldProjector(name: string, source: ConnectSchema, target: ConnectSchema): Project {
  let project: Project;
  try {
    project = projector(source, target);
  } catch (error) {
    throw DataError.within(name, error);
  }
  const { defaultValue } = source;
  return (value) => {
    try {
      return project(value ?? defaultValue);
    } catch (error) {
      throw DataError.within(name, error);
    }
  };
}

function ofArray(project: Project): Project {
  return (value) => (value as readonly unknown[]).map((item) => project(item));
}

function ofMap(ofKeys: Project, ofValues: Project): Project {
  return (value) => new Map([...(value as ReadonlyMap<unknown, unknown>)].map(([key, item]) => [ofKeys(key), ofValues(item)]));
}
