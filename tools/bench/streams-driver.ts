/**
 * Ottla's test driver beside Java's: the same topologies over the same inputs, each in a process of its own, in turns; what both produced is compared. Then the stores alone, in memory and on
 * `lmdb`.
 *
 *   npm run bench -- streams-driver --help
 */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { KAFKA_VERSION } from "@ottla/conformance/kafka/jars";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { Comparison, type Contestant as Side } from "./measure/comparison.ts";
import { writeReportSection } from "./measure/report.ts";
import { Contestant } from "./streams-driver/contestant.ts";
import { generateInputs, writeInputs } from "./streams-driver/inputs.ts";
import { type ShapeName, shapeNames, shapes } from "./streams-driver/shapes.ts";
import { measureStores } from "./streams-driver/stores.ts";
import { type Turn, turnsWithin } from "./streams-driver/turn.ts";

const STORES = "stores";
const names = [...shapeNames, STORES];
const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: names.join(",") },
    records: { type: "string", default: "50000" },
    turns: { type: "string", default: "7" },
    "warm-up": { type: "string", default: "5" },
    minutes: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    profile: { type: "string" },
    report: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- streams-driver [options]: records per second of CPU of Ottla's test driver and of Java's (Apache Kafka ${KAFKA_VERSION}).

  --only NAMES      ${names.join(",")} or some of them
  --records N       inputs of a turn (50000); few make Java's clock coarse, which goes by 10 ms
  --turns N         turns that count, alternating (7)
  --warm-up N       turns before them that do not (5)
  --minutes N       for all of it (8): each topology and the stores have a share, and fewer turns when that is over, at least 3
  --seed N          of the inputs (1)
  --profile FOLDER  in place of comparing: what ours allocates per record, function by function, and profiles of its processor time in the folder
  --report          writes docs/benchmarks.md
`);
  process.exit(0);
}

const count = positive("records", values.records);
const turns = positive("turns", values.turns);
const warmUp = positive("warm-up", values["warm-up"]);
const minutes = positive("minutes", values.minutes);
const seed = positive("seed", values.seed);
const chosen = values.only.split(",");
for (const name of chosen) if (!names.includes(name)) refuse(`--only takes ${names.join(", ")}, not "${name}".`);

const limits = { warmUp, turns, shareMs: (minutes * 60_000) / chosen.length };
const folder = makeTemporaryFolder("streams-driver");
try {
  const bodies: string[] = [];
  const chosenShapes = shapeNames.filter((name) => chosen.includes(name));
  if (values.profile !== undefined) await profile(chosenShapes, resolve(values.profile));
  else if (chosenShapes.length > 0) bodies.push(await compareDrivers(chosenShapes));
  if (chosen.includes(STORES) && values.profile === undefined) bodies.push(await measureStores({ folder, count, limits }));
  const body = bodies.join("\n\n");
  if (body !== "") process.stdout.write(`\n${body}\n`);
  if (values.report && body !== "") {
    const only = chosen.length === names.length ? "" : ` --only ${chosen.join(",")}`;
    const command = `npm run bench -- streams-driver --records ${count} --turns ${turns} --minutes ${minutes}${only}`;
    writeReportSection({ id: "streams-driver", title: "Streams: the test driver beside Java's", command, body });
  }
} finally {
  removeTemporaryFolder(folder);
}

async function compareDrivers(of: readonly ShapeName[]): Promise<string> {
  const comparison = new Comparison();
  for (const shape of of) await compareDriversOn(shape, comparison);
  const said = `Thousands of records per second of CPU of the whole process, collector and compiler included: ${count} inputs a turn, ${warmUp} turns to warm up, ${turns} counted or as many as there was time for, alternating. Text keys and values, stores in memory, no cache. Both produced the same records, changelogs too. \`kafka\` is Java's driver of ${KAFKA_VERSION}, with the serial collector. Beside ours another one that was fed stays alive: garbage is collected before each turn, and V8 throws away what it compiled with the last object of a kind, which Java does not. What ours produced lies packed at the end of a turn, Java's as records of bytes; making records of it is in neither.`;
  return `${said}\n\n${comparison.toMarkdown(["ottla", "kafka"])}`;
}

async function compareDriversOn(shape: ShapeName, comparison: Comparison): Promise<void> {
  const inputFile = `${folder}/inputs`;
  writeInputs(inputFile, generateInputs(count, seed));
  const work = { shape, inputFile, folder };
  const sides: [Side, Contestant][] = [
    ["kafka", await Contestant.java(work)],
    ["ottla", Contestant.ours(work)],
  ];
  const made: [Side, Turn["produced"]][] = [];
  try {
    for (const { order, counts } of turnsWithin(limits)) {
      for (const [side, contestant] of order(sides)) {
        const { cpuSeconds, produced } = await contestant.turn();
        made.push([side, produced]);
        if (counts) comparison.add(shapes[shape].title, side, count / cpuSeconds / 1000, { than: "kafka", atLeast: 2 });
      }
    }
  } finally {
    for (const [, contestant] of sides) await contestant.close();
  }
  checkSame(shape, made);
}

async function profile(of: readonly ShapeName[], into: string): Promise<void> {
  const inputFile = `${folder}/inputs`;
  writeInputs(inputFile, generateInputs(count, seed));
  for (const shape of of) {
    mkdirSync(`${into}/${shape}`, { recursive: true });
    // A profile of the processor's time would count the sampling of what is allocated.
    const timed = Contestant.ours({ shape, inputFile, folder }, `${into}/${shape}`);
    for (let turn = -warmUp; turn < turns; turn++) await timed.turn();
    await timed.close();
    const allocating = Contestant.ours({ shape, inputFile, folder });
    for (let turn = -warmUp; turn < 0; turn++) await allocating.turn();
    process.stdout.write(`\n${shapes[shape].title}: ${await allocating.allocations()}\n`);
    await allocating.close();
  }
}

/** Every turn of both sides has to make the same records, or they did not do the same work. */
function checkSame(shape: ShapeName, made: readonly (readonly [Side, Turn["produced"]])[]): void {
  const text = (produced: Turn["produced"]): string =>
    Object.entries(produced)
      .map(([topic, digest]) => `${topic}: ${digest}`)
      .sort()
      .join("; ");
  const [first] = made;
  for (const [side, produced] of made) {
    if (first === undefined || text(produced) === text(first[1])) continue;
    throw new Error(`${shape}: ${side} produced ${text(produced)}, but ${first[0]} ${text(first[1])}.`);
  }
  if (first !== undefined) process.stderr.write(`  both made ${text(first[1])}\n`);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) refuse(`--${option} takes a whole number above 0, not "${text}".`);
  return value;
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
