import type { ProtoField, ProtoSchema, ProtoType } from "../lint/proto-schema.ts";
import { isMoney, isRecordVersion } from "./field-names.ts";
import type { RuleFacts } from "./rule.ts";
import { type SchemaHit, schemaRules } from "./schema-rules.ts";

/** A rule over files of Protobuf. */
export interface ProtoRule extends RuleFacts {
  readonly check: (schema: ProtoSchema) => readonly SchemaHit[];
  /** Files that make it speak, and the same made right. */
  readonly examples: readonly { readonly text: string; readonly hits: 0 | 1 }[];
}

/** Numbers that Protobuf keeps for itself, and the highest there is. */
const OWN_FROM = 19_000;
const OWN_TO = 19_999;
const NUMBER_MAX = 536_870_911;

/** The facts of a rule that schemas of Avro have as well. */
function sameAs(id: string): RuleFacts {
  const { examples: _, check: __, ...facts } = schemaRules.find((rule) => rule.id === id)!;
  return facts;
}

function messagesOf({ types }: ProtoSchema): readonly ProtoType[] {
  return types.filter(({ kind }) => kind === "message");
}

function enumsOf({ types }: ProtoSchema): readonly ProtoType[] {
  return types.filter(({ kind }) => kind === "enum");
}

/** Of calls only what breaks the wire is told: their messages are no records. */
function ofRecords(check: (schema: ProtoSchema) => readonly SchemaHit[]): ProtoRule["check"] {
  return (schema) => (schema.hasServices ? [] : check(schema));
}

function numberProblem(type: ProtoType, field: ProtoField, first: ReadonlyMap<number, ProtoField>): string | undefined {
  const { number, name } = field;
  const other = first.get(number);
  if (!(number >= 1 && number <= NUMBER_MAX)) return `${name} cannot have the number ${number}: numbers are from 1 to ${NUMBER_MAX}.`;
  if (number >= OWN_FROM && number <= OWN_TO)
    return `${name} has the number ${number}; Protobuf keeps ${OWN_FROM} to ${OWN_TO} for itself.`;
  if (other && other !== field) return `${name} has the number ${number} of ${other.name}: one of them is read as the other.`;
  if (type.reservedNumbers.some(({ from, to }) => number >= from && number <= to))
    return `${name} takes the number ${number}, which is reserved: records that still have the field of old are read as this one.`;
  return type.reservedNames.has(name) ? `${name} is a name that is reserved: it meant something else before.` : undefined;
}

function wireBreaks(type: ProtoType): readonly SchemaHit[] {
  const first = new Map<number, ProtoField>();
  for (const field of type.fields) if (!first.has(field.number)) first.set(field.number, field);
  const hits = type.fields.flatMap((field): SchemaHit[] => {
    const key = `${type.name}.${field.name}`;
    const problem = numberProblem(type, field, first);
    if (problem !== undefined) return [{ line: field.line, key, message: problem, evidence: `${field.name} = ${field.number}` }];
    const message = `${field.name} is required: it can never be left out again, and readers refuse records without it.`;
    return field.label === "required" ? [{ line: field.line, key, message, evidence: `required ${field.type} ${field.name}` }] : [];
  });
  return [...hits, ...holes(type)];
}

/** Numbers between two fields that nobody has and nobody keeps: mostly a field that was deleted. */
function holes({ name, line, fields, reservedNumbers }: ProtoType): readonly SchemaHit[] {
  const numbers = fields.map(({ number }) => number).toSorted((a, b) => a - b);
  const free: number[] = [];
  // A wide gap is an arrangement; one or two numbers are what is left of a field.
  for (const [i, number] of numbers.entries())
    if (i > 0 && number - numbers[i - 1]! <= 3) for (let hole = numbers[i - 1]! + 1; hole < number; hole++) free.push(hole);
  const left = free.filter((number) => !reservedNumbers.some(({ from, to }) => number >= from && number <= to));
  if (left.length === 0) return [];
  const words = left.join(", ");
  return [
    {
      line,
      key: name,
      severity: "info",
      message: `${name} has no field ${words}: if one was deleted, its number may be taken again and old records misread.`,
      evidence: `numbers ${numbers.slice(0, 20).join(", ")}; not reserved: ${words}`,
    },
  ];
}

/** A value that stands for none. */
const SAYS_NOTHING = /(^|_)(UNSPECIFIED|UNKNOWN|NONE|INVALID|UNDEFINED|UNSET|DEFAULT)$|^NO_/i;

function enumProblems({ syntax }: ProtoSchema, { name, line, values, allowsAliases }: ProtoType): readonly SchemaHit[] {
  const [zero] = values;
  if (!zero) return [];
  const own = name.slice(name.lastIndexOf(".") + 1);
  const hits: SchemaHit[] = [];
  const doubled = values.find((value, i) => values.findIndex(({ number }) => number === value.number) < i);
  if (doubled && !allowsAliases)
    hits.push({
      line: doubled.line,
      key: `${name}.${doubled.name}`,
      severity: "error",
      message: `${doubled.name} has the number of a value before it.`,
      evidence: `${doubled.name} = ${doubled.number}`,
    });
  if (syntax !== "proto2" && zero.number !== 0)
    hits.push({
      line: zero.line,
      key: `${name}.${zero.name}`,
      severity: "error",
      message: `The first value of ${own} must be 0: it is what is read where nothing was written.`,
      evidence: `${zero.name} = ${zero.number}`,
    });
  else if (zero.number === 0 && !SAYS_NOTHING.test(zero.name))
    hits.push({
      line,
      key: name,
      message: `Who does not set ${own} is read as ${zero.name}, and so is a value that an older reader does not know.`,
      evidence: `${zero.name} = 0`,
    });
  return hits;
}

function nameProblems({ types }: ProtoSchema): readonly SchemaHit[] {
  return types.flatMap((type): readonly SchemaHit[] => {
    const own = type.name.slice(type.name.lastIndexOf(".") + 1);
    const odd = [
      ...(/^[A-Z][A-Za-z0-9]*$/.test(own) ? [] : [{ name: own, line: type.line, form: "LikeThis" }]),
      ...type.fields
        .filter(({ name, type: kind }) => kind !== "group" && !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
        .map(({ name, line }) => ({ name, line, form: "like_this" })),
      ...type.values
        .filter(({ name }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name))
        .map(({ name, line }) => ({ name, line, form: "LIKE_THIS" })),
    ];
    const [first] = odd;
    if (!first) return [];
    // One style is one finding, however many names have it.
    const others =
      odd.length === 1
        ? ""
        : `, nor ${odd.length === 2 ? "is another name" : `are ${odd.length - 1} other names`} of ${own} as they should be`;
    return [
      {
        line: first.line,
        key: type.name,
        message: `${first.name} is not written ${first.form}${others}: generated code has two styles.`,
        evidence: odd
          .slice(0, 10)
          .map(({ name }) => name)
          .join(", "),
      },
    ];
  });
}

const P3 = 'syntax = "proto3";\npackage shop;\n';

/** Rules over one file of Protobuf by itself. */
export const protoRules: readonly ProtoRule[] = [
  {
    id: "SCH-09",
    name: "proto-tags",
    severity: "error",
    confidence: "high",
    condition:
      "a field of Protobuf that takes a number or name that is reserved or used already, or one that is required; a note where a number is missing and not reserved",
    why: "On the wire a field is its number: two meanings of one number are read as each other, without an error.",
    fix: 'Give a new field a new number, and reserve numbers and names of those that go: reserved 3; reserved "price";',
    source: "Protocol Buffers documentation, updating a message type",
    check: (schema) => messagesOf(schema).flatMap(wireBreaks),
    examples: [
      { text: `${P3}message O { string id = 1; string at = 1; }`, hits: 1 },
      { text: `${P3}message O { reserved 2, 5 to 7; string id = 1; string at = 6; }`, hits: 1 },
      { text: `${P3}message O { reserved 2 to 4; string id = 1; string at = 4; }`, hits: 1 },
      { text: `${P3}message O { reserved "at"; string id = 1; string at = 2; }`, hits: 1 },
      { text: `${P3}message O { string id = 19000; }`, hits: 1 },
      { text: 'syntax = "proto2";\nmessage O { required string id = 1; }', hits: 1 },
      { text: `${P3}message O { string id = 1; string at = 3; }`, hits: 1 },
      { text: `${P3}message O { reserved 2; string id = 1; string at = 3; }`, hits: 0 },
      { text: `${P3}message O { string id = 1; oneof how { string a = 2; string b = 3; } map<string, int32> m = 4; }`, hits: 0 },
    ],
  },
  {
    id: "SCH-16",
    name: "proto-enum-zero",
    severity: "warning",
    confidence: "high",
    condition: "an enum of Protobuf whose first value is not 0 or has a meaning of its own, or in which two values share a number",
    why: "0 is what is read where nothing was written: a value with a meaning there is claimed by everybody who said nothing.",
    fix: "Begin with NAME_UNSPECIFIED = 0.",
    source: "Protocol Buffers documentation, enumerations",
    check: ofRecords((schema) => enumsOf(schema).flatMap((each) => enumProblems(schema, each))),
    examples: [
      { text: `${P3}enum State { STATE_NEW = 0; STATE_PAID = 1; }`, hits: 1 },
      { text: `${P3}enum State { STATE_UNSPECIFIED = 0; A = 1; B = 1; }`, hits: 1 },
      { text: `${P3}enum State { option allow_alias = true; STATE_UNSPECIFIED = 0; A = 1; B = 1; }`, hits: 0 },
      { text: `${P3}enum State { STATE_UNSPECIFIED = 0; STATE_PAID = 1; }`, hits: 0 },
    ],
  },
  {
    id: "SCH-17",
    name: "proto-names",
    severity: "info",
    confidence: "high",
    condition: "names of Protobuf that are not written as its style has them",
    why: "Code that is generated for each language turns names about; what is not written in the usual form comes out oddly, and may collide.",
    fix: "Write messages LikeThis, fields like_this and values LIKE_THIS; renaming a field changes its JSON form.",
    source: "Protocol Buffers style guide",
    check: ofRecords(nameProblems),
    examples: [
      { text: `${P3}message order { string id = 1; }`, hits: 1 },
      { text: `${P3}message Order { string orderId = 1; }`, hits: 1 },
      { text: `${P3}message Order { string order_id = 1; }`, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-06"),
    check: ofRecords((schema) =>
      messagesOf(schema).flatMap(({ fields }) =>
        fields
          .filter(({ name, type }) => isMoney(name) && (type === "double" || type === "float"))
          .map(({ record, name, line, type }) => ({
            line,
            key: `${record}.${name}`,
            message: `${name} is a ${type}: amounts of money lose cents in it.`,
            evidence: `${type} ${name}`,
          })),
      ),
    ),
    examples: [
      { text: `${P3}message Order { double total_amount = 1; }`, hits: 1 },
      { text: `${P3}message Order { int64 total_amount_cents = 1; }`, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-13"),
    check: ofRecords((schema) =>
      messagesOf(schema).flatMap(({ fields }) =>
        fields
          .filter(({ name }) => isRecordVersion(name))
          .map(({ record, name, line }) => ({
            line,
            key: `${record}.${name}`,
            message: `${name} says again what the schema's id says.`,
            evidence: `field ${name}`,
          })),
      ),
    ),
    examples: [
      { text: `${P3}message Order { int32 event_version = 1; }`, hits: 1 },
      { text: `${P3}message Order { int32 version = 1; }`, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-15"),
    check: ofRecords((schema) => {
      const bare = messagesOf(schema).filter(({ isOutermost, isDescribed }) => isOutermost && !isDescribed);
      const [first] = schema.types;
      const missing = [...(schema.package === undefined ? ["package"] : []), ...(bare.length > 0 ? ["comment"] : [])];
      if (missing.length === 0 || !first) return [];
      const names = bare.map(({ name }) => name).slice(0, 5);
      return [
        {
          line: (schema.package === undefined ? first : bare[0]!).line,
          key: (bare[0] ?? first).name,
          message: `${schema.package === undefined ? "The file names no package" : ""}${missing.length === 2 ? ", and " : ""}${names.length > 0 ? `nothing says what ${names.join(", ")} ${names.length === 1 ? "is" : "are"}` : ""}.`,
          evidence: `${missing.join(", ")} not there`,
        },
      ];
    }),
    examples: [
      { text: 'syntax = "proto3";\n// An order as it was placed.\nmessage Order { string id = 1; }', hits: 1 },
      { text: `${P3}message Order { string id = 1; }`, hits: 1 },
      { text: `${P3}// An order as it was placed.\nmessage Order { string id = 1; }`, hits: 0 },
    ],
  },
];
