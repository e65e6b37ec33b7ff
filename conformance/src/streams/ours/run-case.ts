import { type DriverPace, type ProducedRecord as DriverRecord, type ErrorHandlers, StreamsError, TopologyTestDriver } from "@ottla/streams";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import type { CaseAnswer, CaseConfig, CaseError, ProducedRecord, StreamsCase } from "../case.ts";
import { type RawInput, toRaw } from "../case-values.ts";
import { buildTopology, MissingVerbError } from "./build-topology.ts";

/** Of dead letters, what each language says in its own words. */
const OF_LANGUAGE = new Set(["exception", "message", "stacktrace"].map((name) => `__streams.errors.${name}`));

/** A case ends with the step after which so many records were written: one that multiplies them without end would take all memory. */
const PRODUCED_MAX = 20_000;

const hexOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
const bytesOf = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, "hex"));

/** What Ottla's driver makes of the case, with its stores in a folder of their own where the case has them on the disk. Throws `MissingVerbError` where the DSL has no such verb: it is no answer that could be like one of Java's. */
export function runCase(asked: StreamsCase, pace: DriverPace = {}): CaseAnswer {
  if (asked.config.persistent === undefined) return runIn(undefined, asked, pace);
  const folder = makeTemporaryFolder("streams-case");
  try {
    return runIn(folder, asked, pace);
  } finally {
    removeTemporaryFolder(folder);
  }
}

function runIn(stateDir: string | undefined, asked: StreamsCase, pace: DriverPace): CaseAnswer {
  const { inputs } = toRaw(asked);
  const steps: (readonly ProducedRecord[])[] = [];
  let describe: string | undefined;
  let driver: TopologyTestDriver | undefined;
  let error: CaseError | undefined;
  try {
    const topology = buildTopology(asked.topology, asked.config);
    describe = topology.describe();
    const options = {
      applicationId: "app",
      cacheMaxBytes: asked.config.cacheMaxBytes ?? 0,
      onError: handlersOf(asked.config),
      ...(stateDir === undefined ? {} : { stateDir }),
    };
    driver = new TopologyTestDriver(topology, options, pace);
    let produced = 0;
    for (const input of inputs) {
      pipe(driver, input);
      const step = takeStep(driver);
      steps.push(step);
      produced += step.length;
      if (produced > PRODUCED_MAX) break;
    }
  } catch (problem) {
    if (problem instanceof MissingVerbError) throw problem;
    error = errorOf(problem, driver === undefined ? -1 : steps.length);
  }
  const dropped = driver === undefined ? {} : { dropped: sum(driver.droppedRecords().values()) };
  driver?.close();
  return { by: "Ottla", ...(describe === undefined ? {} : { describe }), steps, ...dropped, ...(error === undefined ? {} : { error }) };
}

/** As the judge sets Java's. */
function handlersOf({ deadLetterTopic }: CaseConfig): ErrorHandlers {
  return deadLetterTopic === undefined ? {} : { deserialize: "continue", process: "continue", deadLetterTopic };
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);

function pipe(driver: TopologyTestDriver, input: RawInput): void {
  if (typeof input === "number") {
    driver.advanceWallClockTime(input);
    return;
  }
  const [topic, key, value, timestamp, headers = []] = input;
  driver.pipeRaw(topic, {
    key: bytesOf(key),
    value: bytesOf(value),
    timestamp: Number(timestamp),
    headers: headers.map(([name, hex]) => ({ key: name, value: bytesOf(hex) })),
  });
}

/** In the order in which they were given to the producer. */
function takeStep(driver: TopologyTestDriver): ProducedRecord[] {
  return driver.takeProduced().map(toAnswer);
}

function toAnswer({ topic, partition, key, value, timestamp, headers }: DriverRecord): ProducedRecord {
  const record = [topic, partition ?? null, hexOf(key), hexOf(value), timestamp] as const;
  if (headers.length === 0) return record;
  return [...record, headers.filter(({ key: name }) => !OF_LANGUAGE.has(name)).map((header) => [header.key, hexOf(header.value)] as const)];
}

function errorOf(problem: unknown, step: number): CaseError {
  if (problem instanceof StreamsError) return { step, kind: problem.code, message: problem.message };
  return {
    step,
    kind: problem instanceof Error ? problem.name : typeof problem,
    message: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem),
  };
}
