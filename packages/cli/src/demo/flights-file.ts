import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { OttlaError } from "@ottla/base";
import { type ColumnData, type FileMetaData, parquetMetadata, parquetRead } from "hyparquet";

/** The package of the flights, in the version that the demonstration was written for. */
const DATA_PACKAGE = "vega-datasets@3.2.1";
const FLIGHTS_FILE = "flights-3m.parquet";
const AIRPORTS_FILE = "airports.csv";

/** Flights that left one after the other, as columns of equal length. The place in the file is the flight's number. */
export interface FlightColumns {
  readonly firstFlight: number;
  readonly count: number;
  /** Milliseconds since the epoch, as if the local time were UTC. */
  readonly departureMs: readonly number[];
  /** Minutes; negative is early. */
  readonly delayMinutes: readonly number[];
  readonly distanceMiles: readonly number[];
  readonly origin: readonly string[];
  readonly destination: readonly string[];
}

/** Flights within the United States in the first half of 2001, ordered by departure. */
export class FlightsFile {
  readonly count: number;
  readonly #file: ArrayBuffer;
  readonly #metadata: FileMetaData;

  private constructor(file: ArrayBuffer) {
    this.#file = file;
    this.#metadata = parquetMetadata(file);
    this.count = Number(this.#metadata.num_rows);
  }

  static open(): FlightsFile {
    const bytes = readFileSync(dataPath(FLIGHTS_FILE));
    return new FlightsFile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  /** The flights from number `from` to `to` − 1, in runs of a few hundred thousand. */
  async *columns(from: number, to: number): AsyncGenerator<FlightColumns, void, undefined> {
    let groupStart = 0;
    for (const group of this.#metadata.row_groups) {
      const groupEnd = groupStart + Number(group.num_rows);
      const start = Math.max(from, groupStart);
      const end = Math.min(to, groupEnd);
      if (start < end) yield await this.#read(start, end);
      groupStart = groupEnd;
    }
  }

  async #read(rowStart: number, rowEnd: number): Promise<FlightColumns> {
    const columns = new Map<string, readonly unknown[]>();
    await parquetRead({
      file: this.#file,
      metadata: this.#metadata,
      rowStart,
      rowEnd,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
      parsers: { timestampFromMicroseconds: (micros: bigint) => Number(micros / 1000n) },
      onChunk: ({ columnName, columnData, rowStart: chunkStart }: ColumnData) =>
        void columns.set(columnName, Array.from(columnData).slice(rowStart - chunkStart, rowEnd - chunkStart)),
    });
    const numbers = (name: string): number[] => (columns.get(name) ?? []).map(Number);
    const texts = (name: string): string[] => (columns.get(name) ?? []).map(String);
    return {
      firstFlight: rowStart,
      count: rowEnd - rowStart,
      departureMs: numbers("date"),
      delayMinutes: numbers("delay"),
      distanceMiles: numbers("distance"),
      origin: texts("origin"),
      destination: texts("destination"),
    };
  }
}

/** Names of airports by IATA code: "Chicago O'Hare International". */
export function readAirportNames(): ReadonlyMap<string, string> {
  const [, ...lines] = readFileSync(dataPath(AIRPORTS_FILE), "utf8").split("\n");
  const names = new Map<string, string>();
  for (const line of lines) {
    const match = /^([^,]+),(?:"([^"]*)"|([^,]*)),/.exec(line);
    if (match?.[1]) names.set(match[1], match[2] ?? match[3] ?? "");
  }
  return names;
}

function dataPath(file: string): string {
  const missing = `The demonstration needs the flight data of the npm package vega-datasets; install it beside ottla: npm install ${DATA_PACKAGE}`;
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve("vega-datasets"));
  } catch (cause) {
    throw new OttlaError("DEMO_DATA_MISSING", missing, { cause });
  }
  const path = join(dirname(dirname(entry)), "data", file);
  if (!existsSync(path)) throw new OttlaError("DEMO_DATA_MISSING", missing);
  return path;
}
