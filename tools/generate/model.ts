import type { FieldSpec, MessageSpec } from "./spec.ts";
import { hull, intersect, isEmpty, noVersions, parseVersions, type VersionRange } from "./versions.ts";

/** What the generator needs of a field, with every version range cut to what its struct can meet. */
export interface Field {
  readonly name: string;
  readonly path: string;
  /** A primitive, or the TypeScript name of a struct. */
  readonly type: string;
  readonly struct: Struct | undefined;
  readonly isArray: boolean;
  readonly present: VersionRange;
  readonly nullable: VersionRange;
  readonly flexible: VersionRange;
  readonly tag: number | undefined;
  readonly ignorable: boolean;
  readonly default: FieldSpec["default"] | undefined;
}

export interface Struct {
  readonly name: string;
  /** The versions in which this struct can be on the wire at all. */
  versions: VersionRange;
  readonly flexible: VersionRange;
  fields: readonly Field[];
}

/** A message with its structs, each after the structs it is made of; the message itself is the last. */
export interface Message {
  readonly name: string;
  readonly root: Struct;
  readonly structs: readonly Struct[];
}

/** Resolves a message. `rename` gives the TypeScript name of a struct. */
export function resolveMessage(
  spec: MessageSpec,
  valid: VersionRange,
  flexible: VersionRange,
  rename: (struct: string) => string,
): Message {
  const specs = new Map([...spec.structs.map((struct) => [struct.name, struct.fields] as const), [spec.name, spec.fields] as const]);
  const reach = reachOf(specs, spec.name, valid);
  const structs = new Map<string, Struct>();
  const resolve = (name: string): Struct => {
    const known = structs.get(name);
    if (known !== undefined) return known;
    const versions = reach.get(name)!;
    const struct: Struct = {
      name: name === spec.name ? name : rename(name),
      versions,
      flexible: intersect(flexible, versions),
      fields: [],
    };
    struct.fields = specs.get(name)!.flatMap((field) => resolveField(field, struct, specs, resolve));
    structs.set(name, struct);
    return struct;
  };
  const root = resolve(spec.name);
  return { name: spec.name, root, structs: [...structs.values()] };
}

function resolveField(spec: FieldSpec, owner: Struct, specs: ReadonlyMap<string, unknown>, resolve: (name: string) => Struct): Field[] {
  const present = intersect(parseVersions(spec.versions), owner.versions);
  if (isEmpty(present)) return [];
  const element = spec.type.replace(/^\[\]/, "");
  const struct = specs.has(element) ? resolve(element) : undefined;
  const tagged = intersect(parseVersions(spec.tagged), present);
  if (!isEmpty(tagged) && (tagged.first !== present.first || tagged.last !== present.last)) {
    throw new Error(`${owner.name}.${spec.name} is tagged in some versions only, which the generator does not know.`);
  }
  return [
    {
      name: spec.name,
      path: `${owner.name}.${spec.name}`,
      type: struct?.name ?? element,
      struct,
      isArray: spec.type.startsWith("[]"),
      present,
      nullable: intersect(parseVersions(spec.nullable), present),
      flexible: spec.flexible === "none" ? noVersions : intersect(owner.flexible, present),
      tag: isEmpty(tagged) ? undefined : spec.tag,
      ignorable: spec.ignorable === true,
      default: spec.default,
    },
  ];
}

/** For every struct the versions it can occur in: those of the fields that use it. */
function reachOf(specs: ReadonlyMap<string, readonly FieldSpec[]>, root: string, valid: VersionRange): Map<string, VersionRange> {
  const reach = new Map<string, VersionRange>();
  const visit = (name: string, versions: VersionRange): void => {
    reach.set(name, hull(reach.get(name) ?? noVersions, versions));
    for (const field of specs.get(name)!) {
      const inner = intersect(parseVersions(field.versions), versions);
      const struct = field.type.replace(/^\[\]/, "");
      if (specs.has(struct) && !isEmpty(inner)) visit(struct, inner);
    }
  };
  visit(root, valid);
  return reach;
}

/** Whether a struct has arrays of structs of its own, which may be long. */
export function hasStructArrays(struct: Struct): boolean {
  return struct.fields.some((field) => field.isArray && field.struct !== undefined && field.tag === undefined);
}
