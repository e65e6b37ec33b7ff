/**
 * Our Schema Registry beside Karapace: starts, registrations, look-ups, wide schemas, many subjects.
 *
 *   npm run bench -- registry --help
 */
import { parseArgs } from "node:util";
import { choose } from "./measure/choose.ts";
import { Comparison } from "./measure/comparison.ts";
import { writeReportSection } from "./measure/report.ts";
import { guardPart } from "./registry/guard.ts";
import { manySubjectsPart } from "./registry/many-subjects.ts";
import type { RegistryBenchPart } from "./registry/part.ts";
import { ratesPart } from "./registry/rates.ts";
import { startPart } from "./registry/start.ts";
import { validationPart } from "./registry/validation.ts";
import { widePart } from "./registry/wide.ts";

const parts: Readonly<Record<string, RegistryBenchPart>> = {
  start: startPart,
  rates: ratesPart,
  wide: widePart,
  subjects: manySubjectsPart,
  validation: validationPart,
  guard: guardPart,
};
const names = Object.keys(parts);
const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: names.join(",") },
    rounds: { type: "string", default: "5" },
    subjects: { type: "string", default: "100000" },
    karapace: { type: "string" },
    report: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- registry [options]: our registry beside Karapace, over our broker.

  --karapace PYTHON  an interpreter in whose environment Karapace is installed; without it, ours alone. It is on no package index: install it from its repository, Aiven-Open/karapace
  --only NAMES       ${names.join(",")} or some of them
  --rounds N         rounds that count, alternating (5)
  --subjects N       of the large topic (100000)
  --report           writes docs/benchmarks.md
`);
  process.exit(0);
}

const chosen = choose("only", values.only, names);
if (values.karapace === undefined) process.stderr.write("Karapace is left out: --karapace names no interpreter that has it.\n");
const comparison = new Comparison();
const options = { rounds: Number(values.rounds), karapace: values.karapace, subjects: Number(values.subjects) };
for (const name of chosen) await parts[name]?.(options, comparison);

const table = comparison.toMarkdown(["ottla", "karapace"]);
const body = `Both over one Ottla broker; ours runs in its process, on a thread of its own, and its start is that of an installed \`ottla dev\`, broker included. Karapace 6.2.0 on CPython 3.12, one instance. Schemas are Avro records of four fields unless the row says otherwise; the client is one Node process on the same machine.\n\n${table}`;
process.stdout.write(`\n${table}\n`);
if (values.report) {
  const only = chosen.length === names.length ? "" : ` --only ${values.only}`;
  writeReportSection({
    id: "registry",
    title: "Schema Registry beside Karapace",
    command: `npm run bench -- registry --karapace PYTHON --rounds ${values.rounds}${only}`,
    body,
  });
}
