import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { REGISTRY_COMMAND_OPTIONS } from "../../registry/registry-options.ts";

const LEVELS = ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

const TYPE_OPTION: OptionSpec = {
  name: "type",
  kind: "text",
  placeholder: "TYPE",
  choices: ["avro", "json", "protobuf"],
  summary: "the format of the file",
  defaultText: "by its ending: .avsc, .json, .proto",
};
const REFERENCE_OPTION: OptionSpec = {
  name: "reference",
  kind: "text",
  repeatable: true,
  placeholder: "NAME=SUBJECT@VERSION",
  summary: "what the schema uses of another subject; without @VERSION the latest",
};
const DELETED_OPTION: OptionSpec = { name: "deleted", kind: "flag", summary: "softly deleted ones too" };
const VERSION_OPTION: OptionSpec = {
  name: "version",
  kind: "text",
  placeholder: "N",
  summary: "a version's number, or latest",
  defaultText: "latest",
};

const WITH_OPTION: OptionSpec = {
  name: "with",
  kind: "text",
  repeatable: true,
  placeholder: "PATH",
  summary: "files and folders with what it uses, besides its own folder",
};
const LOCK_OPTION: OptionSpec = {
  name: "lock",
  kind: "text",
  placeholder: "FILE",
  summary: "the lock file",
  defaultText: "schemas.lock.json",
};
const AGAINST_OPTION: OptionSpec = {
  name: "against",
  kind: "text",
  placeholder: "WHAT",
  summary: "what the files must fit: lock, registry, git, or git:COMMIT",
};

export const schemaCommands: readonly CommandSpec[] = [
  {
    path: ["schemas", "list"],
    summary: "list subjects, or the versions of one",
    arguments: [{ name: "subject", summary: "list the versions of this subject", optional: true }],
    options: [
      { name: "prefix", kind: "text", placeholder: "TEXT", summary: "only subjects that begin so; :.CONTEXT: for a context" },
      DELETED_OPTION,
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas list", does: "every subject with its latest version" },
      { command: "ottla schemas list orders-value", does: "its versions" },
    ],
    load: async () => (await import("./list-schemas.ts")).listSchemas,
  },
  {
    path: ["schemas", "get"],
    summary: "show a schema",
    arguments: [{ name: "subject", summary: "the subject; or give --id", optional: true }],
    options: [
      VERSION_OPTION,
      { name: "id", kind: "number", placeholder: "ID", summary: "the schema with this id" },
      DELETED_OPTION,
      { name: "raw", kind: "flag", summary: "the text alone, as it is registered" },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas get orders-value", does: "the latest version" },
      { command: "ottla schemas get orders-value --version 2 --raw > orders.avsc", does: "an older one into a file" },
    ],
    load: async () => (await import("./get-schema.ts")).getSchema,
  },
  {
    path: ["schemas", "register"],
    summary: "register a schema under a subject",
    description:
      "What is registered already keeps its id and version. A schema that does not fit those before it is refused with each reason; status 1. " +
      "Files that it uses (imports, names of Avro, $ref) are found in its folder, at their paths and by the lock file, and registered before it, each under its subject of the lock file or its file's name; when one of them would be refused, nothing is registered.",
    arguments: [
      { name: "subject", summary: "the subject, as orders-value" },
      { name: "file", summary: "the file with the schema; - is standard input" },
    ],
    options: [
      TYPE_OPTION,
      REFERENCE_OPTION,
      WITH_OPTION,
      LOCK_OPTION,
      { name: "dry-run", kind: "flag", summary: "tell what would be done" },
      { name: "normalize", kind: "flag", summary: "take the freedoms of writing out, so that equal schemas are one" },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas register orders-value order.avsc", does: "its id and version" },
      {
        command: "ottla schemas register orders-value order.proto --reference money.proto=money@1",
        does: "with an import that is registered",
      },
      { command: "ottla schemas register orders-value order.proto --dry-run", does: "what it and its imports would come to" },
    ],
    load: async () => (await import("./register/register-schema.ts")).registerSchema,
  },
  {
    path: ["schemas", "delete"],
    summary: "delete a subject, or one of its versions",
    description:
      "Softly, so that records written with it can still be read; registering the same again brings it back. --permanent takes it away for ever, ids are not given again.",
    arguments: [{ name: "subject", summary: "the subject" }],
    options: [
      { ...VERSION_OPTION, defaultText: "all versions" },
      { name: "permanent", kind: "flag", summary: "for ever: records written with it can no longer be read" },
      { name: "if-exists", kind: "flag", summary: "what is not there is no failure" },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [{ command: "ottla schemas delete orders-value --version 3", does: "one version, softly" }],
    load: async () => (await import("./delete-schemas.ts")).deleteSchemas,
  },
  {
    path: ["schemas", "compat"],
    summary: "ask whether a schema fits a subject; show or set the level",
    description:
      "With a file, the registry is asked whether it would take it, and nothing is registered; status 1 when not. Files that it uses (imports, names of Avro, $ref) are found as register finds them; while the registry has not all of them as they are, the judgement is made here, of them too. Without a file, the level is shown, or set.",
    arguments: [
      { name: "subject", summary: "the subject; none: what holds for all", optional: true },
      { name: "file", summary: "the file with the schema", optional: true },
    ],
    options: [
      { ...VERSION_OPTION, summary: "ask about one version only", defaultText: "those that the level asks for" },
      { name: "set", kind: "text", placeholder: "LEVEL", choices: LEVELS, summary: "set the level" },
      TYPE_OPTION,
      REFERENCE_OPTION,
      WITH_OPTION,
      LOCK_OPTION,
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas compat orders-value order.avsc", does: "every reason why not" },
      { command: "ottla schemas compat orders-value --set FULL", does: "what is asked of it from now on" },
    ],
    load: async () => (await import("./check-level.ts")).checkLevel,
  },
  {
    path: ["schemas", "diff"],
    summary: "what changed between two schemas, and what it breaks",
    description:
      "Each difference with its place, both pieces, and the levels that it breaks; what registries let through and readers misread; the levels under which the change passes. Each side is a file, SUBJECT or SUBJECT@VERSION; one subject alone is its latest version beside the one before. Status 1 when the level breaks.",
    arguments: [
      { name: "old", summary: "the older schema, or the subject" },
      { name: "new", summary: "the newer schema", optional: true },
    ],
    options: [
      {
        name: "level",
        kind: "text",
        placeholder: "LEVEL",
        choices: LEVELS,
        summary: "the level that must hold",
        defaultText: "the subject's, else BACKWARD",
      },
      TYPE_OPTION,
      REFERENCE_OPTION,
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas diff orders-value", does: "the last change" },
      { command: "ottla schemas diff orders-value@1 order.avsc", does: "a version and a file" },
      { command: "ottla schemas diff old.proto new.proto", does: "two files; no registry is asked" },
    ],
    load: async () => (await import("./diff-schemas.ts")).diffSchemas,
  },
  {
    path: ["schemas", "export"],
    summary: "write all schemas to a folder",
    description:
      "A file a version, as it is registered, and manifest.json with ids, references, levels and modes. A folder that holds an export already is brought up to date.",
    arguments: [{ name: "folder", summary: "where to" }],
    options: [
      { name: "prefix", kind: "text", placeholder: "TEXT", summary: "only subjects that begin so" },
      DELETED_OPTION,
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [{ command: "ottla schemas export backup/", does: "everything, to be kept or moved" }],
    load: async () => (await import("./export/export-schemas.ts")).exportSchemas,
  },
  {
    path: ["schemas", "import"],
    summary: "bring an exported folder into a registry, ids kept",
    description:
      "All is read and compared first: an id or version that means another schema there ends it before anything changed. Then subjects are in mode IMPORT while they are written, and get their modes back even when it fails in the middle; run again, it goes on where it stopped. Levels and modes of subjects come with them.",
    arguments: [{ name: "folder", summary: "an export" }],
    options: [
      { name: "dry-run", kind: "flag", summary: "tell what would be done" },
      { name: "global", kind: "flag", summary: "the level and mode of all, too" },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [{ command: "ottla schemas import backup/ --registry-url http://other:8081", does: "the same ids there" }],
    load: async () => (await import("./export/import-schemas.ts")).importSchemas,
  },
  {
    path: ["schemas", "check"],
    summary: "fail a change of schema files that would break consumers",
    description:
      "Each .avsc, .json and .proto is compared with its older versions under the subject's level: of the lock file, of a registry, or of a commit, without a registry. Files that use each other are found by the names they use. " +
      "What every level lets through and readers misread fails it as well, and so does a file of the lock file that was deleted; a renamed one is compared with its subject. In GitHub's workflows the findings stand beside the lines. Status 1 when something would break.",
    arguments: [{ name: "path", summary: "files and folders", variadic: true }],
    options: [
      { ...AGAINST_OPTION, defaultText: "lock where there is one, else a registry that is named, else git" },
      LOCK_OPTION,
      {
        name: "level",
        kind: "text",
        placeholder: "LEVEL",
        choices: LEVELS,
        summary: "the level that must hold",
        defaultText: "the subject's, else BACKWARD",
      },
      {
        name: "fail-on",
        kind: "text",
        placeholder: "SEVERITY",
        choices: ["error", "warning", "info"],
        summary: "from which severity on the status is 1",
        defaultText: "error",
      },
      {
        name: "format",
        kind: "text",
        placeholder: "FORMAT",
        choices: ["text", "github"],
        summary: "how findings are printed",
        defaultText: "github in its workflows, else text",
      },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [
      { command: "ottla schemas check schemas/", does: "against schemas.lock.json, offline" },
      { command: "ottla schemas check schemas/ --against git:origin/main", does: "what this branch would break" },
      { command: "ottla schemas check orders-value.avsc --against registry", does: "against the subject orders-value" },
    ],
    load: async () => (await import("./check/check-schemas.ts")).checkSchemas,
  },
  {
    path: ["schemas", "lint"],
    summary: "what registries let through and readers misread",
    description:
      'Decimals and times that readers take for plain numbers, names that differ in case, money in floats, enums without a default, open content models; with --against, also what a change does: decimal scale, unit of time, Protobuf numbers and order of messages, defaults. "ottla explain RULE" tells more; ottla.yaml switches rules off.',
    arguments: [{ name: "path", summary: "files and folders", variadic: true }],
    options: [
      { ...AGAINST_OPTION, summary: "judge what changed since, too: lock, registry, git, or git:COMMIT" },
      LOCK_OPTION,
      {
        name: "fail-on",
        kind: "text",
        placeholder: "SEVERITY",
        choices: ["error", "warning", "info"],
        summary: "from which severity on the status is 1",
        defaultText: "warning",
      },
      {
        name: "format",
        kind: "text",
        placeholder: "FORMAT",
        choices: ["text", "json", "sarif", "github"],
        summary: "how findings are printed",
        defaultText: "github in its workflows, else text",
      },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [{ command: "ottla schemas lint schemas/ --against git", does: "schemas, and what changed since the last commit" }],
    load: async () => (await import("./lint-schemas.ts")).lintSchemas,
  },
  {
    path: ["schemas", "pull"],
    summary: "write subjects' latest schemas into files, and a lock file",
    description:
      "The lock file holds versions, ids, levels and texts: check and codegen need no registry then. Without subjects those of the lock file, or all. A file that was changed here is left as it is.",
    arguments: [{ name: "subject", summary: "subjects to pull", variadic: true, optional: true }],
    options: [
      LOCK_OPTION,
      { name: "out", kind: "text", placeholder: "FOLDER", summary: "where the schemas go", defaultText: "schemas, beside the lock file" },
      { name: "prefix", kind: "text", placeholder: "TEXT", summary: "all subjects that begin so" },
      { name: "force", kind: "flag", summary: "write over files that were changed here" },
      JSON_OPTION,
      ...REGISTRY_COMMAND_OPTIONS,
    ],
    examples: [{ command: "ottla schemas pull orders-value", does: "schemas/orders-value.avsc and schemas.lock.json" }],
    load: async () => (await import("./lock/pull-schemas.ts")).pullSchemas,
  },
  {
    path: ["schemas", "codegen"],
    summary: "write TypeScript types and serdes for locked subjects",
    description:
      "From the lock file alone. Types are what the serdes hand out: int64 as bigint, decimals as text, timestamps as Date; fields with a default may be left out when writing.",
    arguments: [{ name: "subject", summary: "subjects; none: all of the lock file", variadic: true, optional: true }],
    options: [
      LOCK_OPTION,
      { name: "out", kind: "text", placeholder: "FOLDER", summary: "where the code goes", defaultText: "schemas, beside the lock file" },
      {
        name: "int64",
        kind: "text",
        placeholder: "TYPE",
        choices: ["bigint", "number"],
        summary: "what an Avro long is; as a number, what is beyond 2^53 is an error",
        defaultText: "bigint",
      },
      { name: "types-only", kind: "flag", summary: "no serdes: the code imports nothing" },
      { name: "check", kind: "flag", summary: "write nothing; status 1 when a file is not what the lock file gives" },
      JSON_OPTION,
    ],
    examples: [{ command: "ottla schemas codegen", does: "schemas/orders-value.ts, with Order and orderSerde" }],
    load: async () => (await import("./codegen/generate-types.ts")).generateTypes,
  },
];
