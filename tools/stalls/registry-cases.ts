/** One request to a registry, and what is in it before. */
export interface RegistryCase {
  readonly name: string;
  readonly scene: keyof typeof registryScenes;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: () => object;
  /** Another path each time: what is deleted is gone. */
  readonly isOnce?: boolean;
}

/** A version as it is stored. */
export interface SceneVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schemaType?: "JSON" | "PROTOBUF";
  readonly schema: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

const SUBJECTS = 100_000;
const VERSIONS = 1_000;
const BODY_BYTES = 1_000_000;

/** What is registered before the requests of a scene. */
export const registryScenes = {
  /** A hundred thousand subjects, a tenth of them with one schema. */
  many: function* (): Iterable<SceneVersion> {
    for (let n = 1; n <= SUBJECTS; n++)
      yield { subject: `topic-${n}-value`, version: 1, id: n % 10 === 0 ? SUBJECTS : n, schema: n % 10 === 0 ? '"int"' : avroRecord(4, n) };
  },
  /** Subjects of a thousand versions of some size, in each format. */
  deep: function* (): Iterable<SceneVersion> {
    for (let n = 1; n <= VERSIONS; n++) {
      yield { subject: "avro", version: n, id: n, schema: avroRecord(40, n) };
      yield { subject: "json", version: n, id: VERSIONS + n, schemaType: "JSON", schema: jsonObject(40, n) };
      yield { subject: "proto", version: n, id: 2 * VERSIONS + n, schemaType: "PROTOBUF", schema: protoMessage(40, n) };
    }
  },
  /** Large ones. */
  large: function* (): Iterable<SceneVersion> {
    yield { subject: "avro", version: 1, id: 1, schema: avroRecord(15_000, 1) };
    yield { subject: "json", version: 1, id: 2, schemaType: "JSON", schema: jsonObject(9_000, 1) };
    yield { subject: "proto", version: 1, id: 3, schemaType: "PROTOBUF", schema: protoMessage(9_000, 1) };
  },
  /** Four hundred of two hundred kilobytes. */
  heavy: function* (): Iterable<SceneVersion> {
    for (let n = 1; n <= 400; n++) yield { subject: `heavy-${n}`, version: 1, id: n, schema: avroRecord(3_500, n) };
    for (let n = 1; n <= 40; n++) yield { subject: "heavy", version: n, id: 400 + n, schemaType: "JSON", schema: jsonObject(2_000, n) };
  },
  /** Each of these refers twice to the one before: written out, the last one would have 2^30 parts. */
  doubling: function* (): Iterable<SceneVersion> {
    for (let n = 0; n < 30; n++) {
      const fields = [
        { name: "a", type: n === 0 ? "int" : `N${n - 1}` },
        { name: "b", type: n === 0 ? "int" : `N${n - 1}` },
      ];
      const references = n === 0 ? [] : [{ name: `N${n - 1}`, subject: `double-${n - 1}`, version: 1 }];
      yield {
        subject: `double-${n}`,
        version: 1,
        id: n + 1,
        schema: JSON.stringify({ type: "record", name: `N${n}`, fields }),
        references,
      };
    }
  },
} as const;

const versions = (subject: string): string => `/subjects/${subject}/versions`;
const check = (subject: string): string => `/compatibility/subjects/${subject}/versions?verbose=true`;

/** Large, deep and hostile requests. */
export const registryCases: readonly RegistryCase[] = [
  { name: "all subjects", scene: "many", path: "/subjects" },
  { name: "all subjects, deleted ones too", scene: "many", path: "/subjects?deleted=true" },
  { name: "subjects by prefix", scene: "many", path: "/subjects?subjectPrefix=topic-9" },
  { name: "a page of subjects", scene: "many", path: "/subjects?offset=90000&limit=10" },
  { name: "all schemas", scene: "many", path: "/schemas" },
  { name: "all schemas by prefix", scene: "many", path: "/schemas?subjectPrefix=topic-99&latestOnly=true" },
  { name: "subjects of one id", scene: "many", path: `/schemas/ids/${SUBJECTS}/subjects` },
  { name: "versions of one id", scene: "many", path: `/schemas/ids/${SUBJECTS}/versions` },
  { name: "one id", scene: "many", path: `/schemas/ids/${SUBJECTS}` },
  { name: "contexts", scene: "many", path: "/contexts" },
  { name: "a new schema", scene: "many", path: versions("new"), body: () => ({ schema: avroRecord(5, 7) }) },
  { name: "all of large schemas", scene: "heavy", path: "/schemas" },
  { name: "a large one against forty", scene: "heavy", path: check("heavy"), body: () => bodyOf("json", 2_000, 0) },
  { name: "a large one refused by forty", scene: "heavy", path: check("heavy"), body: () => bodyOf("json", 1_900, 0, true) },
  ...(["avro", "json", "proto"] as const).flatMap((subject): RegistryCase[] => [
    { name: `all versions, ${subject}`, scene: "deep", path: versions(subject) },
    { name: `check against a thousand, ${subject}`, scene: "deep", path: check(subject), body: () => bodyOf(subject, 41, 0) },
    { name: `refused by a thousand, ${subject}`, scene: "deep", path: check(subject), body: () => bodyOf(subject, 30, 0, true) },
    { name: `registered against a thousand, ${subject}`, scene: "deep", path: versions(subject), body: () => bodyOf(subject, 41, 0) },
    { name: `looked for among a thousand, ${subject}`, scene: "deep", path: `/subjects/${subject}`, body: () => bodyOf(subject, 42, 0) },
    {
      name: `a megabyte, ${subject}`,
      scene: "many",
      path: versions(`large-${subject}`),
      body: () => bodyOf(subject, subject === "avro" ? 15_000 : 9_000, 1),
    },
    {
      name: `a megabyte against another, ${subject}`,
      scene: "large",
      path: check(subject),
      body: () => bodyOf(subject, subject === "avro" ? 15_001 : 9_001, 1),
    },
    {
      name: `a megabyte refused by another, ${subject}`,
      scene: "large",
      path: check(subject),
      body: () => bodyOf(subject, subject === "avro" ? 14_000 : 8_000, 1, true),
    },
  ]),
  { name: "a subject deleted", scene: "deep", method: "DELETE", path: "/subjects/avro", isOnce: true },
  { name: "references that double", scene: "doubling", path: versions("top"), body: () => doubled() },
  { name: "checked references that double", scene: "doubling", path: check("double-29"), body: () => doubled() },
  ...["[", "{", '{"a":', '{"type":"array","items":'].map(
    (text): RegistryCase => ({
      name: `a megabyte of ${text}`,
      scene: "doubling",
      path: versions("deep"),
      body: () => ({ schema: text.repeat(BODY_BYTES / text.length / 2) }),
    }),
  ),
  {
    name: "a megabyte of message {",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schemaType: "PROTOBUF", schema: "message A {".repeat(BODY_BYTES / 11) }),
  },
  {
    name: "a megabyte of comments",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schemaType: "PROTOBUF", schema: "/*".repeat(BODY_BYTES / 2) }),
  },
  {
    name: "a megabyte of union",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schema: JSON.stringify(names(20_000).map((name) => ({ type: "fixed", name, size: 1 }))).slice(0, BODY_BYTES - 1) }),
  },
  {
    name: "a megabyte of enum",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schema: JSON.stringify({ type: "enum", name: "E", symbols: names(90_000) }) }),
  },
  {
    name: "a megabyte of JSON enum",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schemaType: "JSON", schema: JSON.stringify({ enum: names(90_000) }) }),
  },
  {
    name: "a megabyte of patterns",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({
      schemaType: "JSON",
      schema: JSON.stringify({
        patternProperties: Object.fromEntries(names(9_000).map((name) => [`^(${name}+)+$`, { type: "string", pattern: "(a+)+$" }])),
      }),
    }),
  },
  {
    name: "a megabyte of allOf",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({
      schemaType: "JSON",
      schema: JSON.stringify({ allOf: names(9_000).map((name) => ({ properties: { [name]: { type: "string" } } })) }),
    }),
  },
  {
    name: "$refs that double",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schemaType: "JSON", schema: JSON.stringify(doublingRefs()) }),
  },
  {
    name: "a thousand references",
    scene: "many",
    path: versions("refs"),
    body: () => ({ schema: '"int"', references: names(1_000).map((name, n) => ({ name, subject: `topic-${n + 1}-value`, version: 1 })) }),
  },
  {
    name: "a megabyte of metadata",
    scene: "doubling",
    path: versions("meta"),
    body: () => ({ schema: '"int"', metadata: { properties: Object.fromEntries(names(5_000).map((name) => [name, "x".repeat(150)])) } }),
  },
  {
    name: "a megabyte of __proto__",
    scene: "doubling",
    path: versions("deep"),
    body: () => ({ schemaType: "JSON", schema: `{${'"__proto__":{},'.repeat(60_000)}"a":1}` }),
  },
];

function bodyOf(subject: "avro" | "json" | "proto", fields: number, number: number, isOther = false): object {
  if (subject === "avro") return { schema: avroRecord(fields, number, isOther) };
  if (subject === "json") return { schemaType: "JSON", schema: jsonObject(fields, number, isOther) };
  return { schemaType: "PROTOBUF", schema: protoMessage(fields, number, isOther) };
}

function avroRecord(fields: number, number: number, isOther = false): string {
  const type = isOther ? "boolean" : "long";
  return JSON.stringify({
    type: "record",
    name: "R",
    doc: `number ${number}`,
    fields: names(fields).map((name) => ({ name, type, default: isOther ? true : 0 })),
  });
}

function jsonObject(fields: number, number: number, isOther = false): string {
  const type = isOther ? "boolean" : "string";
  const properties = Object.fromEntries(names(fields).map((name) => [name, { type, description: "a property that says something" }]));
  return JSON.stringify({ type: "object", title: `number ${number}`, properties, additionalProperties: false });
}

function protoMessage(fields: number, number: number, isOther = false): string {
  const type = isOther ? "double" : "string";
  return `syntax = "proto3";\n// number ${number}\nmessage R {\n${names(fields)
    .map(
      (name, n) =>
        `  ${type} ${name}_with_a_name_of_quite_some_length_that_fills_the_text = ${n < 18_999 ? n + 1 : n + 1_001}; // says something\n`,
    )
    .join("")}}\n`;
}

function doubled(): object {
  const fields = ["a", "b"].map((name) => ({ name, type: "N29" }));
  return {
    schema: JSON.stringify({ type: "record", name: "Top", fields }),
    references: [{ name: "N29", subject: "double-29", version: 1 }],
  };
}

function doublingRefs(): object {
  const definitions = Object.fromEntries(
    names(40).map((name, n, all) => [
      name,
      n === 39 ? { type: "string" } : { allOf: [{ $ref: `#/definitions/${all[n + 1]}` }, { $ref: `#/definitions/${all[n + 1]}` }] },
    ]),
  );
  return { definitions, $ref: "#/definitions/f0" };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_each, n) => `f${n}`);
}
