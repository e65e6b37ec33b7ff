import { type Chance, makeRandom } from "../process/seeded-random.ts";
import type { CaseConfig, StreamsCase } from "./case.ts";
import type { Statement } from "./case-statement.ts";
import { generateCrowd } from "./generate-crowd.ts";
import { foldOperators } from "./generate-folds.ts";
import { generateInputs } from "./generate-inputs.ts";
import { joinOperators } from "./generate-joins.ts";
import { statelessOperators, valueSerde } from "./generate-stateless.ts";
import { type Made, type OperatorMaker, TopologyWriter } from "./generate-topology.ts";

/** How a campaign's cases are. */
export interface GeneratorOptions {
  /** Operators in a row at most. */
  readonly depthMax: number;
  readonly inputsMin: number;
  readonly inputsMax: number;
  /** Only operators whose name contains one of these words may be drawn, sources, sinks and what groups need aside. */
  readonly only?: readonly string[];
  /** Functions throw and bytes cannot be read, and what fails goes to a topic of dead letters. */
  readonly failing?: boolean;
  /** Stores have caches, from such that hold two entries to such that hold all. */
  readonly cached?: boolean;
  /** Stores are on the disk: Java's in RocksDB, ours in lmdb. */
  readonly persistent?: boolean;
  /** Windows of hundreds of keys before which large caches are full, and nothing else. */
  readonly crowded?: boolean;
}

const FAILING_SHARE = 0.06;
const CACHE_BYTES = [150, 300, 600, 1_000_000];

/** The case of a seed: the same for the same seed and options. */
export function generateCase(seed: number, options: GeneratorOptions): StreamsCase {
  const made = makeCase(seed, options);
  return options.persistent === true ? { ...made, config: { ...made.config, persistent: true } } : made;
}

function makeCase(seed: number, options: GeneratorOptions): StreamsCase {
  if (options.crowded === true) return generateCrowd(seed);
  const random = makeRandom(seed);
  const config = drawConfig(random);
  const writer = new TopologyWriter(random, operatorsOf(options.only));
  drawSources(writer, random);
  const operators = 1 + Math.floor(random() * options.depthMax);
  for (let made = 0; made < operators; made++) writer.addOperator();
  writer.addSinks();
  const topology = writer.statements;
  const count = options.inputsMin + Math.floor(random() * (options.inputsMax - options.inputsMin + 1));
  const inputs = generateInputs(random, topology, count);
  const cached = options.cached === true ? { cacheMaxBytes: CACHE_BYTES[Math.floor(random() * CACHE_BYTES.length)]! } : {};
  const made = { seed, config: { ...config, ...cached }, topology, inputs };
  return options.failing === true || random() < FAILING_SHARE ? withFailures(made, random) : made;
}

function drawConfig(random: Chance): CaseConfig {
  const draw = random();
  if (draw < 0.35) return { optimization: "all" };
  if (draw < 0.4) return { optimization: "merge.repartition.topics" };
  if (draw < 0.45) return { optimization: "reuse.ktable.source.topics" };
  if (draw < 0.5) return { optimization: "single.store.self.join" };
  return {};
}

/** The case with functions that throw in place of some that give a text, and some bytes that are no long. */
function withFailures(made: StreamsCase, random: Chance): StreamsCase {
  const topology = made.topology.map((statement) =>
    statement.op === "mapValues" && valueSerde(statement.value, "long") === "string" && random() < 0.6
      ? { ...statement, value: "failIfC" as const }
      : statement,
  );
  const inputs = made.inputs.map((input) => {
    if (!("topic" in input) || typeof input.value !== "number" || random() > 0.1) return input;
    return { ...input, value: { hex: "63" } };
  });
  const written = random() < 0.3 ? sinksFirst(topology) : topology;
  return { ...made, config: { ...made.config, deadLetterTopic: "dead" }, topology: written, inputs };
}

/** With a sink for each stream of a topic, which has written when a step beside it fails. */
function sinksFirst(topology: readonly Statement[]): readonly Statement[] {
  return topology.flatMap((statement): Statement[] => {
    if (statement.op !== "stream") return [statement];
    const { id, key, value } = statement;
    return [statement, { id: `${id}-copy`, op: "to", from: id, topic: `copy-of-${id}`, key, value }];
  });
}

function drawSources(writer: TopologyWriter, random: Chance): void {
  const count = 1 + Math.floor(random() * 3);
  for (let index = 0; index < count; index++) {
    const draw = random();
    const kind: Made["kind"] = draw < 0.55 ? "stream" : draw < 0.9 ? "table" : draw < 0.96 ? "globalTable" : "globalStore";
    writer.addSource(index === 0 && kind.startsWith("global") ? "stream" : kind);
  }
}

function operatorsOf(words: readonly string[] | undefined): readonly OperatorMaker[] {
  const all = [...statelessOperators, ...foldOperators, ...joinOperators];
  return words === undefined ? all : all.filter(({ name }) => words.some((word) => name.includes(word)));
}
