/** A change of a schema and what it breaks: `backward` is what a reader with the newer one cannot read of the older one's data, `forward` the other way round, as kind and place. */
export interface ProtobufSituation {
  readonly name: string;
  readonly older: string;
  readonly newer: string;
  readonly backward: readonly string[];
  readonly forward: readonly string[];
}

type Sides = readonly [older: string, newer: string];

const situation = (
  name: string,
  [older, newer]: Sides,
  backward: readonly string[] = [],
  forward: readonly string[] = [],
): ProtobufSituation => ({
  name,
  older,
  newer,
  backward,
  forward,
});
/** Files of proto3. */
const files = (name: string, [older, newer]: Sides, backward?: readonly string[], forward?: readonly string[]): ProtobufSituation =>
  situation(name, [`syntax = "proto3"; ${older}`, `syntax = "proto3"; ${newer}`], backward, forward);
/** The body of one message. */
const fields = (name: string, [older, newer]: Sides, backward?: readonly string[], forward?: readonly string[]): ProtobufSituation =>
  files(name, [`message A { ${older} }`, `message A { ${newer} }`], backward, forward);
const proto2 = (name: string, [older, newer]: Sides, backward?: readonly string[], forward?: readonly string[]): ProtobufSituation =>
  situation(name, [`syntax = "proto2"; message A { ${older} }`, `syntax = "proto2"; message A { ${newer} }`], backward, forward);
/** A change of one field's type that breaks both ways, or neither. */
const types = ([older, newer]: Sides, kind?: string): ProtobufSituation => {
  const breaks = kind === undefined ? [] : [`${kind} #/A/f`];
  return fields(`${older} becomes ${newer}`, [`${older} f = 1;`, `${newer} f = 1;`], breaks, breaks);
};

const SCALAR = "FIELD_SCALAR_KIND_CHANGED";
const KIND = "FIELD_KIND_CHANGED";
const NAMED = "FIELD_NAMED_TYPE_CHANGED";
const LABEL = "FIELD_NUMERIC_LABEL_CHANGED";
const INNER = "message B { int32 x = 1; } message C { int32 x = 1; } enum E { E0 = 0; } enum F { F0 = 0; }";

export const protobufSituations: readonly ProtobufSituation[] = [
  fields("nothing changes", ["string a = 1;", "string a = 1;"]),
  fields("a field is added", ["string a = 1;", "string a = 1; int32 b = 2;"]),
  fields("a field is removed", ["string a = 1; int32 b = 2;", "string a = 1;"]),
  fields("a field is removed and its number reserved", ["string a = 1; int32 b = 2;", 'reserved 2; reserved "b"; string a = 1;']),
  fields("a field is renamed", ["string a = 1;", "string b = 1;"]),
  fields("fields change their order in the text", ["string a = 1; int32 b = 2;", "int32 b = 2; string a = 1;"]),
  fields("a field gets another number", ["string a = 1;", "string a = 2;"]),
  fields(
    "two fields change their numbers",
    ["string a = 1; int32 b = 2;", "string a = 2; int32 b = 1;"],
    [`${SCALAR} #/A/a`, `${SCALAR} #/A/b`],
    [`${SCALAR} #/A/a`, `${SCALAR} #/A/b`],
  ),
  fields("options of a field change", ["string a = 1;", "string a = 1 [deprecated = true];"]),
  fields("a field becomes optional", ["int32 a = 1;", "optional int32 a = 1;"]),
  types(["int32", "int64"]),
  types(["int32", "uint32"]),
  types(["uint64", "bool"]),
  types(["int64", "uint64"]),
  types(["sint32", "sint64"]),
  types(["fixed32", "sfixed32"]),
  types(["fixed64", "sfixed64"]),
  types(["string", "bytes"]),
  types(["int32", "sint32"], SCALAR),
  types(["int64", "sint64"], SCALAR),
  types(["int32", "fixed32"], SCALAR),
  types(["int64", "fixed64"], SCALAR),
  types(["fixed32", "fixed64"], SCALAR),
  types(["fixed32", "float"], SCALAR),
  types(["fixed64", "double"], SCALAR),
  types(["float", "double"], SCALAR),
  types(["int32", "string"], SCALAR),
  types(["bytes", "double"], SCALAR),
  types(["bool", "float"], SCALAR),
  types(["string", "repeated string"]),
  types(["bytes", "repeated bytes"]),
  types(["string", "repeated bytes"]),
  types(["int32", "repeated int32"], LABEL),
  types(["optional int32", "repeated int32"], LABEL),
  types(["double", "repeated double"], LABEL),
  types(["bool", "repeated bool"], LABEL),
  types(["int32", "repeated string"], SCALAR),
  types(["map<string, int32>", "map<string, int64>"]),
  types(["map<int32, int32>", "map<uint64, bool>"]),
  types(["map<string, int32>", "string"], KIND),
  fields(
    "a map's values change their kind",
    ["map<string, int32> f = 1;", "map<string, string> f = 1;"],
    [`${SCALAR} #/A/f/value`],
    [`${SCALAR} #/A/f/value`],
  ),
  fields(
    "a map's keys change their kind",
    ["map<int32, int32> f = 1;", "map<sint32, int32> f = 1;"],
    [`${SCALAR} #/A/f/key`],
    [`${SCALAR} #/A/f/key`],
  ),
  fields("a map is renamed", ["map<string, int32> f = 1;", "map<string, int32> g = 1;"]),
  fields(
    "a map's messages change inside",
    ["map<string, B> f = 1; message B { int32 x = 1; }", "map<string, B> f = 1; message B { string x = 1; }"],
    [`${SCALAR} #/A/B/x`],
    [`${SCALAR} #/A/B/x`],
  ),
  fields(
    "a map becomes the list that it stands for",
    ["map<string, int32> f = 1;", "repeated FEntry f = 1; message FEntry { string key = 1; int32 value = 2; }"],
    [],
    ["MESSAGE_REMOVED #/A/FEntry"],
  ),
  fields("a message becomes another", [`B f = 1; ${INNER}`, `C f = 1; ${INNER}`], [`${NAMED} #/A/f`], [`${NAMED} #/A/f`]),
  fields("an enum becomes another", [`E f = 1; ${INNER}`, `F f = 1; ${INNER}`], [`${NAMED} #/A/f`], [`${NAMED} #/A/f`]),
  fields("a message becomes an enum", [`B f = 1; ${INNER}`, `E f = 1; ${INNER}`], [`${KIND} #/A/f`], [`${KIND} #/A/f`]),
  fields("a number becomes an enum", [`int32 f = 1; ${INNER}`, `E f = 1; ${INNER}`], [`${KIND} #/A/f`], [`${KIND} #/A/f`]),
  fields("bytes become a message", [`bytes f = 1; ${INNER}`, `B f = 1; ${INNER}`], [`${KIND} #/A/f`], [`${KIND} #/A/f`]),
  fields("a message becomes a list of them", [`B f = 1; ${INNER}`, `repeated B f = 1; ${INNER}`]),
  fields("an enum becomes a list of them", [`E f = 1; ${INNER}`, `repeated E f = 1; ${INNER}`], [`${LABEL} #/A/f`], [`${LABEL} #/A/f`]),
  fields(
    "a field inside of a nested message changes",
    ["B b = 1; message B { int32 x = 1; }", "B b = 1; message B { float x = 1; }"],
    [`${SCALAR} #/A/B/x`],
    [`${SCALAR} #/A/B/x`],
  ),
  fields(
    "a field three messages deep changes",
    ["message B { message C { message D { int32 x = 1; } } }", "message B { message C { message D { string x = 1; } } }"],
    [`${SCALAR} #/A/B/C/D/x`],
    [`${SCALAR} #/A/B/C/D/x`],
  ),
  fields("a nested message is removed", ["message B { int32 x = 1; }", ""], ["MESSAGE_REMOVED #/A/B"]),
  fields(
    "a message that names itself changes",
    ["A next = 1; int32 x = 2;", "A next = 1; string x = 2;"],
    [`${SCALAR} #/A/x`],
    [`${SCALAR} #/A/x`],
  ),
  files(
    "messages that name each other change",
    ["message A { B b = 1; } message B { A a = 1; int32 x = 2; }", "message A { B b = 1; } message B { A a = 1; double x = 2; }"],
    [`${SCALAR} #/B/x`],
    [`${SCALAR} #/B/x`],
  ),
  files(
    "the package changes",
    ["package a; message A { int32 x = 1; }", "package b; message A { int32 x = 1; }"],
    ["PACKAGE_CHANGED #/"],
    ["PACKAGE_CHANGED #/"],
  ),
  files(
    "the package goes",
    ["package a; message A { A x = 1; }", "message A { A x = 1; }"],
    ["PACKAGE_CHANGED #/"],
    ["PACKAGE_CHANGED #/"],
  ),
  files("a message is added", ["message A {}", "message A {} message B {}"], [], ["MESSAGE_REMOVED #/B"]),
  files("messages change their order", ["message A {} message B {}", "message B {} message A {}"]),
  files("a message is renamed", ["message A {}", "message B {}"], ["MESSAGE_REMOVED #/A"], ["MESSAGE_REMOVED #/B"]),
  files("a nested message moves to the top", [
    "message A { B b = 1; message B { int32 x = 1; } }",
    "message A { B b = 1; } message B { int32 x = 1; }",
  ]),
  files(
    "a nested message moves and changes",
    ["message A { message B { int32 x = 1; } }", "message A {} message B { string x = 1; }"],
    [`${SCALAR} #/A/B/x`],
    [`${SCALAR} #/B/x`],
  ),
  files("an enum moves to the top", ["message A { E e = 1; enum E { E0 = 0; } }", "message A { E e = 1; } enum E { E0 = 0; }"]),
  files("an enum is added", ["message A {}", "message A {} enum E { E0 = 0; }"]),
  files("a constant is added", ["enum E { E0 = 0; }", "enum E { E0 = 0; E1 = 1; }"]),
  files("a constant is renamed", ["enum E { E0 = 0; E1 = 1; }", "enum E { E0 = 0; ONE = 1; }"]),
  files("a constant gets another number", ["enum E { E0 = 0; E1 = 1; }", "enum E { E0 = 0; E1 = 2; }"]),
  files("a service changes", ["message A {} service S { rpc M (A) returns (A); }", "message A {}"]),
  fields("a oneof is added", ["int32 x = 1;", "int32 x = 1; oneof o { int32 a = 2; }"]),
  fields("a oneof is removed with its fields", ["int32 x = 1; oneof o { int32 a = 2; string b = 3; }", "int32 x = 1;"]),
  fields(
    "a oneof's fields go to the top",
    ["oneof o { int32 a = 2; string b = 3; }", "int32 a = 2; string b = 3;"],
    [],
    ["MULTIPLE_FIELDS_MOVED_TO_ONEOF #/A/a"],
  ),
  fields(
    "a field is added to a oneof",
    ["oneof o { int32 a = 2; }", "oneof o { int32 a = 2; string b = 3; }"],
    [],
    ["ONEOF_FIELD_REMOVED #/A/b"],
  ),
  fields(
    "a field of a oneof is replaced",
    ["oneof o { int32 a = 2; string b = 3; }", "oneof o { int32 a = 2; string c = 4; }"],
    ["ONEOF_FIELD_REMOVED #/A/b"],
    ["ONEOF_FIELD_REMOVED #/A/c"],
  ),
  fields("a oneof is renamed", ["oneof o { int32 a = 2; string b = 3; }", "oneof p { int32 a = 2; string b = 3; }"]),
  fields(
    "a oneof is renamed and loses a field",
    ["oneof o { int32 a = 2; string b = 3; }", "oneof p { int32 a = 2; }"],
    ["ONEOF_FIELD_REMOVED #/A/b"],
  ),
  fields("one field moves into a new oneof", ["int32 a = 1;", "oneof o { int32 a = 1; string b = 2; }"]),
  fields(
    "two fields move into a new oneof",
    ["int32 a = 1; string b = 2;", "oneof o { int32 a = 1; string b = 2; }"],
    ["MULTIPLE_FIELDS_MOVED_TO_ONEOF #/A/a"],
  ),
  fields(
    "a field moves into a oneof that is there",
    ["int32 a = 1; oneof o { string b = 2; }", "oneof o { int32 a = 1; string b = 2; }"],
    ["FIELD_MOVED_TO_EXISTING_ONEOF #/A/a"],
  ),
  fields(
    "two oneofs become one",
    ["oneof o { int32 a = 1; } oneof p { int32 b = 2; }", "oneof o { int32 a = 1; int32 b = 2; }"],
    ["FIELD_MOVED_TO_EXISTING_ONEOF #/A/b"],
  ),
  fields(
    "a field of a oneof changes its kind",
    ["oneof o { int32 a = 1; }", "oneof o { string a = 1; }"],
    [`${SCALAR} #/A/a`],
    [`${SCALAR} #/A/a`],
  ),
  proto2(
    "a required field is added",
    ["optional int32 x = 1;", "optional int32 x = 1; required int32 a = 2;"],
    ["REQUIRED_FIELD_ADDED #/A/a"],
    ["REQUIRED_FIELD_REMOVED #/A/a"],
  ),
  proto2("an optional field becomes required", ["optional int32 a = 1;", "required int32 a = 1;"], ["REQUIRED_FIELD_ADDED #/A/a"]),
  proto2("a default changes", ["optional int32 a = 1 [default = 1];", "optional int32 a = 1 [default = 2];"]),
  proto2(
    "a group becomes a message",
    ["optional group B = 1 { optional int32 x = 1; }", "optional B b = 1; message B { optional int32 x = 1; }"],
    [`${KIND} #/A/b`],
    [`${KIND} #/A/b`],
  ),
  proto2(
    "a field of a group changes",
    ["optional group B = 1 { optional int32 x = 1; }", "optional group B = 1 { optional string x = 1; }"],
    [`${SCALAR} #/A/B/x`],
    [`${SCALAR} #/A/B/x`],
  ),
  proto2(
    "an extension changes",
    ["extensions 10 to 20; extend A { optional int32 e = 10; }", "extensions 10 to 20; extend A { optional string e = 10; }"],
    [`${SCALAR} #/A/e`],
    [`${SCALAR} #/A/e`],
  ),
  situation("proto2 becomes proto3", [
    'syntax = "proto2"; message A { optional int32 a = 1; }',
    'syntax = "proto3"; message A { int32 a = 1; }',
  ]),
  situation(
    "a field is required by an edition's feature",
    [
      'edition = "2023"; message A { int32 a = 1; }',
      'edition = "2023"; message A { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; }',
    ],
    ["REQUIRED_FIELD_ADDED #/A/a"],
  ),
  situation(
    "an edition's feature puts messages between tags",
    ['edition = "2023"; message A { A a = 1; }', 'edition = "2023"; option features.message_encoding = DELIMITED; message A { A a = 1; }'],
    [`${KIND} #/A/a`],
    [`${KIND} #/A/a`],
  ),
];
