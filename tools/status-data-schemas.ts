import { area, type Feature, works } from "./status-page.ts";

/** What docs/status.md lists of the commands, types and rules for schemas. */
export const schemaToolFeatures: readonly Feature[] = area("Schemas on the command line", [
  works(
    "`ottla schemas list, get, register, delete, compat, diff` against any registry, with logins and TLS; every difference with both pieces and the levels it breaks",
    [
      "schemas are registered, listed, shown and deleted",
      "a schema that does not fit is refused with every reason and what would pass",
      "diff lists differences with both pieces, what no level notices, and the levels under which the change passes",
      "the next address is asked where the first does not answer; logins and addresses come from the properties file",
    ],
  ),
  works(
    "`ottla schemas register` brings what a schema uses: imports, names of Avro and `$ref`, by files and the lock file, in their order; `--dry-run`; nothing when one would be refused",
    [
      "what an Avro schema names is registered before it, deepest first, and each reference has its version",
      "imports of Protobuf are found below a folder above, and $refs at their paths",
      "circles, a name in two files and a subject of two files are refused before anything is registered",
      "the lock file says whose a used file is, and what stands for one that was not pulled",
    ],
  ),
  works(
    "`ottla schemas export, import`: a folder with ids, references, levels, modes; ids are kept, modes put back, again changes nothing",
    [
      "an export is imported elsewhere with its ids, references, levels, deletions and contexts; again changes nothing",
      "an import that is interrupted at whichever request is not said to be done, leaves no mode changed, and is finished by the next",
      "an export that is interrupted at whichever request names nothing that is not there, and is finished by the next",
      "an import that fails in the middle says how far it came, puts modes back, and goes on when it is run again",
      "modes that a killed import left are put back by the next one",
    ],
  ),
  works(
    "`ottla schemas check`: changes of .avsc, .json and .proto files, with those they use, against a lock file, a commit or a registry; in GitHub's workflows beside the lines",
    [
      "pull writes files and a lock file; check against it is offline and names file, line and reason",
      "schemas that use each other's files are read with them, in all three formats",
      "check against git compares with a commit, also from a folder below",
      "check tells of a file of the lock file that was deleted, and compares a renamed one with its subject",
    ],
  ),
  works(
    "`ottla schemas lint` and `ottla lint`: what registries let through and readers misread, in schemas and (`--against`) in their changes",
    [
      "lint names what readers misread, in a schema and in its change; ottla.yaml and comments hold",
      "a change that every level lets through and readers misread fails the check",
      "every rule over schemas is in the catalogue that explain reads",
    ],
  ),
  works(
    "`ottla schemas pull, codegen`: a lock file, TypeScript types and serdes of Avro, JSON Schema and Protobuf: recursive, logical, unions, hostile names and comments",
    [
      "generated serdes write and read back what their types say",
      "no schema writes code: what it says stands in comments and texts alone",
      "generated types compile under strict, and refuse what serdes would refuse",
    ],
  ),
  works(
    "`ottla consume --deserialize` and `ottla produce --schema-subject`: Avro, JSON Schema and Protobuf as JSON, no digit lost; what cannot be read is shown with the reason",
    [
      "JSON lines are written by a subject's schema and shown again, in each format, no digit lost",
      "a record that cannot be read is shown with the reason, the rest goes on, and the status is 1",
    ],
  ),
]);
