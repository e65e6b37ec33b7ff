/** The scalar types of Protobuf. */
export const protoScalars = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
] as const;

export type ProtoScalar = (typeof protoScalars)[number];

/** What has a place in the text: its offset, or -1 when it came from a descriptor. */
interface Placed {
  readonly at: number;
}

/** What people may explain: the lines of the comment before it, or behind it in its line. */
interface Documented extends Placed {
  doc: readonly string[];
}

/** A value of an option. Strings are kept escaped, in one form of all that they could be written in; words are names, numbers and booleans. */
export type OptionValue =
  | { readonly kind: "string"; readonly escaped: string }
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "message"; readonly fields: readonly { readonly name: string; readonly value: OptionValue }[] }
  | { readonly kind: "list"; readonly values: readonly OptionValue[] };

/** An option; its name as it is written: `deprecated`, `(my.option).field`. */
export interface ProtoOption extends Placed {
  readonly name: string;
  readonly value: OptionValue;
}

/** A type by its name; `target` is set by `link-proto.ts` alone. */
export interface NamedType extends Placed {
  readonly kind: "named";
  readonly written: string;
  target?: ProtoType;
}

export interface ScalarType {
  readonly kind: "scalar";
  readonly name: ProtoScalar;
}

/** A map is a repeated message with the fields key and value. */
interface MapType {
  readonly kind: "map";
  readonly key: ProtoScalar;
  readonly value: ScalarType | NamedType;
  readonly entry: ProtoMessage;
}

export type FieldType = ScalarType | NamedType | MapType;
export type ProtoLabel = "optional" | "required" | "repeated";

export interface ProtoField extends Documented {
  readonly name: string;
  readonly number: number;
  readonly label: ProtoLabel | undefined;
  readonly type: FieldType;
  readonly options: readonly ProtoOption[];
  /** The oneof it stands in. */
  readonly oneof: string | undefined;
  /** Its message is written in its own place (`group`). */
  readonly isGroup: boolean;
  /** Its message stands between tags and not behind a length: of groups, and where an edition's feature says so. Set by `link-proto.ts` alone. */
  isDelimited: boolean;
}

export interface ProtoOneof extends Documented {
  readonly name: string;
  readonly options: readonly ProtoOption[];
}

/** Numbers from `first` to `last`, both included. */
export interface ProtoRange extends Placed {
  readonly first: number;
  readonly last: number;
}

export interface ExtensionRange extends ProtoRange {
  readonly options: readonly ProtoOption[];
}

export interface ProtoReserved {
  readonly ranges: readonly ProtoRange[];
  readonly names: readonly (Placed & { readonly name: string })[];
}

export interface ProtoMessage extends Documented {
  readonly kind: "message";
  readonly name: string;
  readonly fullName: string;
  readonly options: readonly ProtoOption[];
  readonly fields: readonly ProtoField[];
  readonly oneofs: readonly ProtoOneof[];
  readonly types: readonly ProtoType[];
  readonly extensionRanges: readonly ExtensionRange[];
  readonly extends: readonly ProtoExtend[];
  readonly reserved: ProtoReserved;
  /** Written in a field's place. */
  readonly isGroup: boolean;
}

export interface ProtoConstant extends Documented {
  readonly name: string;
  readonly number: number;
  readonly options: readonly ProtoOption[];
}

export interface ProtoEnum extends Documented {
  readonly kind: "enum";
  readonly name: string;
  readonly fullName: string;
  readonly options: readonly ProtoOption[];
  readonly constants: readonly ProtoConstant[];
  readonly reserved: ProtoReserved;
}

export type ProtoType = ProtoMessage | ProtoEnum;

/** `extend X { … }`: fields that another message gets. `groups` are the messages of those that are groups. */
export interface ProtoExtend extends Documented {
  readonly extendee: NamedType;
  readonly fields: readonly ProtoField[];
  readonly groups: readonly ProtoMessage[];
}

export interface ProtoMethod extends Documented {
  readonly name: string;
  readonly input: NamedType;
  readonly output: NamedType;
  readonly isClientStreaming: boolean;
  readonly isServerStreaming: boolean;
  readonly options: readonly ProtoOption[];
}

export interface ProtoService extends Documented {
  readonly name: string;
  readonly options: readonly ProtoOption[];
  readonly methods: readonly ProtoMethod[];
}

export interface ProtoImport extends Placed {
  readonly path: string;
  readonly modifier: "public" | "weak" | undefined;
}

export type ProtoSyntax = "proto2" | "proto3" | "editions";

/** A `.proto` file. */
export interface ProtoFile {
  readonly syntax: ProtoSyntax;
  /** Of `editions`: `2023`, `2024`. */
  readonly edition: string | undefined;
  readonly package: string;
  readonly imports: readonly ProtoImport[];
  readonly options: readonly ProtoOption[];
  readonly types: readonly ProtoType[];
  readonly extends: readonly ProtoExtend[];
  readonly services: readonly ProtoService[];
}

/** The name as it stands inside of a package or a message. */
export function scoped(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}

/** The message that a map's field stands for: `labels` has `LabelsEntry`. */
export function mapEntry(
  { scope, field, at }: { readonly scope: string; readonly field: string; readonly at: number },
  key: ProtoScalar,
  value: ScalarType | NamedType,
): ProtoMessage {
  const name = `${field.replace(/(?:^|_)([a-z]?)/g, (_all, letter: string) => letter.toUpperCase())}Entry`;
  const part = (partName: string, number: number, type: FieldType): ProtoField => ({
    at,
    doc: [],
    name: partName,
    number,
    label: undefined,
    type,
    options: [],
    oneof: undefined,
    isGroup: false,
    isDelimited: false,
  });
  return {
    kind: "message",
    at,
    doc: [],
    name,
    fullName: scoped(scope, name),
    options: [],
    fields: [part("key", 1, { kind: "scalar", name: key }), part("value", 2, value)],
    oneofs: [],
    types: [],
    extensionRanges: [],
    extends: [],
    reserved: { ranges: [], names: [] },
    isGroup: false,
  };
}
