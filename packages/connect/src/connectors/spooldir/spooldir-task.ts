import { type Clock, type DiskFile, type Logger, pause } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { readJson } from "../../converters/json/read-json.ts";
import type { SourcePlace } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { plain } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import type { SourceEvent, SourceItem, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { CsvRows } from "./csv-rows.ts";
import { fingerprintOf, isOfFile, piecesOf, type SpoolPosition, spoolPosition } from "./spool-file.ts";
import type { SpooldirSettings } from "./spooldir-config.ts";

/** What files are made of. */
export type SpoolFormat = "csv" | "json" | "lines" | "binary";

const STRING = plain("string");
const BYTES = plain("bytes");

/** A folder's files, one after the other by their names. A file leaves the folder when its last record is durable, and not before. */
export class SpooldirTask {
  readonly #settings: SpooldirSettings;
  readonly #format: SpoolFormat;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #context: SourceTaskContext<object>;
  readonly #pattern: RegExp;
  readonly #csv: CsvRows | undefined;
  /** Names of the last listing that were not looked at yet, the first at the end. */
  #listed: string[] = [];
  /** Read to their end, whose last record is not durable yet. */
  readonly #waiting = new Map<string, SpoolPosition>();

  /** @throws ConnectError CONNECT_CONFIG */
  constructor(settings: SpooldirSettings, format: SpoolFormat, context: SourceTaskContext<object>, clock: Clock) {
    this.#settings = settings;
    this.#format = format;
    this.#context = context;
    this.#log = context.log;
    this.#clock = clock;
    this.#pattern = checkSpooldir(settings);
    this.#csv = format === "csv" ? new CsvRows(settings) : undefined;
  }

  async *read(): AsyncGenerator<readonly SourceItem[]> {
    const { signal } = this.#context;
    while (!signal.aborted) {
      const name = this.#next();
      if (name === undefined) await pause(this.#clock, this.#settings["empty.poll.wait.ms"], signal);
      else yield* this.#readFile(name);
    }
  }

  /** A file's last record is durable: it leaves, if it is still the file that was read. */
  async acked(partition: SourcePlace, offset: SourcePlace): Promise<void> {
    if (offset["doneMs"] === undefined) return;
    const name = String(partition["file"]);
    const at = spoolPosition(offset);
    await this.#leave(name, at);
    this.#waiting.delete(name);
  }

  /** The folder is listed once for all that is in it: to list it for each file would take a large one forever. */
  #next(): string | undefined {
    const ageMs = this.#settings["file.minimum.age.ms"];
    if (this.#listed.length === 0)
      this.#listed = nodeDisk
        .list(this.#settings["input.path"])
        .filter((name) => this.#pattern.test(name))
        .reverse();
    for (let name = this.#listed.pop(); name !== undefined; name = this.#listed.pop()) {
      if (this.#waiting.has(name)) continue;
      const stat = nodeDisk.stat(this.#pathOf(name));
      if (stat !== undefined && !stat.isDirectory && this.#clock.nowMs() - stat.modifiedMs >= ageMs) return name;
    }
    return undefined;
  }

  async *#readFile(name: string): AsyncGenerator<readonly SourceItem[]> {
    const path = this.#pathOf(name);
    const partition = { file: name };
    const stored = await this.#context.offsets.get(partition);
    let file: DiskFile;
    try {
      file = nodeDisk.openRead(path);
    } catch (error) {
      if (nodeDisk.stat(path) === undefined) return;
      throw new ConnectError("CONNECT_SOURCE", `The file ${path} cannot be opened; see to its rights.`, { cause: error });
    }
    try {
      const known = stored === undefined ? undefined : spoolPosition(stored);
      const isKnown = known !== undefined && (await isOfFile(path, file, known));
      if (isKnown && known.doneMs !== undefined) {
        await this.#leave(name, known);
        return;
      }
      yield* this.#records(name, file, isKnown ? known : { position: 0, line: 0, ...(await fingerprintOf(file)) });
    } catch (error) {
      if (!(error instanceof ConnectError) || error.code === "CONNECT_CONFIG") throw error;
      const told = new ConnectError(error.code, `${path}: ${error.message}`, {
        cause: error,
        place: { topic: this.#settings.topic, ...error.place },
      });
      if (this.#settings["halt.on.error"]) throw told;
      this.#log.error("a file cannot be read and is put aside, behind the records that were read of it", { error: told.message });
      this.#move(name, this.#settings["error.path"]);
    } finally {
      file.close();
    }
  }

  async *#records(name: string, file: DiskFile, from: SpoolPosition): AsyncGenerator<readonly SourceItem[]> {
    const { "batch.size": batchSize, "ottla.record.max.bytes": bytesMax } = this.#settings;
    const partition = { file: name };
    const known = { fingerprint: from.fingerprint, fingerprintBytes: from.fingerprintBytes };
    let { position, line } = from;
    let held: SourceEvent | undefined;
    const batchOf = (events: SourceEvent[]): readonly SourceItem[] => {
      const all = held === undefined ? events : [held, ...events];
      held = all.at(-1);
      return all.slice(0, -1);
    };
    if (this.#format === "binary") {
      const { sizeBytes } = nodeDisk.stat(this.#pathOf(name)) ?? { sizeBytes: 0 };
      if (sizeBytes > bytesMax)
        throw new ConnectError("CONNECT_SOURCE", `it has ${sizeBytes} bytes, and ottla.record.max.bytes takes ${bytesMax}.`);
      const bytes = Buffer.alloc(sizeBytes);
      position = await file.read(bytes, 0);
      held = this.#event(name, { value: bytes.subarray(0, position), schema: BYTES }, { position, line: 1, ...known }, 1);
    } else {
      const quote = this.#format === "csv" ? this.#settings["csv.quote.char"] : undefined;
      const hasHeader = this.#format === "csv" && this.#settings["csv.first.row.as.header"];
      this.#csv?.header(hasHeader ? await firstPiece(file, quote, bytesMax) : undefined);
      for await (const pieces of piecesOf(file, position, quote, bytesMax)) {
        let events: SourceEvent[] = [];
        for (const { bytes, end } of pieces) {
          line++;
          const isHeader = hasHeader && position === 0;
          position = end;
          if (isHeader || (bytes.length === 0 && this.#format !== "lines")) continue;
          events.push(this.#event(name, this.#valueOf(bytes, line), { position, line, ...known }, line));
          if (events.length < batchSize) continue;
          yield batchOf(events);
          events = [];
        }
        if (events.length > 0) yield batchOf(events);
      }
    }
    const modifiedMs = Math.floor(nodeDisk.stat(this.#pathOf(name))?.modifiedMs ?? 0);
    const done: SpoolPosition = { position, line, ...known, doneMs: modifiedMs };
    // What comes to the file from now on makes it another one than was done.
    this.#waiting.set(name, done);
    yield [held === undefined ? { partition, offset: { ...done } } : { ...held, offset: { ...done } }];
  }

  #valueOf(bytes: Buffer, line: number): { readonly value: unknown; readonly schema: ConnectSchema | undefined } {
    try {
      const text = bytes.toString();
      if (this.#csv !== undefined) return this.#csv.read(text);
      return this.#format === "json" ? { value: readJson(text), schema: undefined } : { value: text, schema: STRING };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new ConnectError("CONNECT_DATA", `line ${line}: ${error.message} Mend the file, or leave it out by halt.on.error=false.`, {
        cause: error,
        place: error.place,
      });
    }
  }

  #event(
    name: string,
    { value, schema }: { readonly value: unknown; readonly schema: ConnectSchema | undefined },
    offset: SpoolPosition,
    line: number,
  ): SourceEvent {
    const headers = [
      { key: "file.name", schema: STRING, value: name },
      { key: "file.line", schema: STRING, value: String(line) },
    ];
    return { topic: this.#settings.topic, value, valueSchema: schema, headers, partition: { file: name }, offset: { ...offset } };
  }

  async #leave(name: string, at: SpoolPosition): Promise<void> {
    const path = this.#pathOf(name);
    if (nodeDisk.stat(path) === undefined) return;
    const file = nodeDisk.openRead(path);
    const isSame = await isOfFile(path, file, at).finally(() => file.close());
    if (!isSame) {
      this.#log.warn(
        "a file changed after it was read to its end, and is read anew from its beginning; write files under another name and rename them",
        { path },
      );
      return;
    }
    if (this.#settings["cleanup.policy"] === "DELETE") nodeDisk.remove(path);
    else this.#move(name, this.#settings["finished.path"]);
  }

  /** A file of the same name that is there already stays. */
  #move(name: string, folder: string): void {
    let to = `${folder}/${name}`;
    for (let count = 1; nodeDisk.stat(to) !== undefined; count++) to = `${folder}/${name}.${count}`;
    nodeDisk.rename(this.#pathOf(name), to);
  }

  #pathOf(name: string): string {
    return `${this.#settings["input.path"]}/${name}`;
  }
}

async function firstPiece(file: DiskFile, quote: number | undefined, bytesMax: number): Promise<string | undefined> {
  for await (const [first] of piecesOf(file, 0, quote, bytesMax)) return first?.bytes.toString().replace(/^\uFEFF/, "");
  return undefined;
}

/** @throws ConnectError CONNECT_CONFIG for folders that are missing and a pattern that is none */
export function checkSpooldir(settings: SpooldirSettings): RegExp {
  const folders = ["input.path"] as ("input.path" | "finished.path" | "error.path")[];
  if (settings["cleanup.policy"] === "MOVE") folders.push("finished.path");
  if (!settings["halt.on.error"]) folders.push("error.path");
  for (const key of folders) {
    if (nodeDisk.stat(settings[key])?.isDirectory === true) continue;
    throw new ConnectError(
      "CONNECT_CONFIG",
      settings[key] === "" ? `${key} is not set.` : `${key}: there is no folder ${settings[key]}; make it.`,
    );
  }
  try {
    return new RegExp(`^(?:${settings["input.file.pattern"]})$`);
  } catch (error) {
    throw new ConnectError("CONNECT_CONFIG", `input.file.pattern: "${settings["input.file.pattern"]}" is no regular expression.`, {
      cause: error,
    });
  }
}
