import { type Disk, OttlaError } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { SourcePlace } from "../data/connect-record.ts";
import { KnownOffsets, readOffsetKey } from "./known-offsets.ts";
import type { OffsetStore, SourceOffset } from "./offset-store.ts";
import { isPlace, parsePlaceJson, placeKey, placeText } from "./place-json.ts";

/**
 * Offsets in a file (`offset.storage.file.filename`), replaced as a whole and durably with each commit. The file is JSON, a place behind each key; Apache Connect's own file is Java's serialisation, which nobody else
 * writes, so that standalone workers do not share one.
 */
export class FileOffsetStore implements OffsetStore {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #known = new KnownOffsets();
  /** What the file holds: a member of its object behind each key. */
  #texts = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  start(): Promise<void> {
    let text: string;
    try {
      text = this.#disk.readFile(this.#path).toString("utf8");
    } catch (error) {
      if (error instanceof OttlaError && error.code === "DISK_NOT_FOUND") return Promise.resolve();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    try {
      for (const [key, offset] of Object.entries(parsePlaceJson(text) as Record<string, unknown>)) {
        const read = readOffsetKey(key, parsePlaceJson);
        if (read === undefined || !isPlace(offset)) continue;
        this.#known.set(read.connector, { partition: read.partition, offset }, key);
        this.#texts.set(key, `${JSON.stringify(key)}:${placeText(offset)}`);
      }
      return Promise.resolve();
    } catch (cause) {
      return Promise.reject(
        new ConnectError(
          "CONNECT_CONFIG",
          `${this.#path} holds no offsets of this worker; name another file in offset.storage.file.filename.`,
          { cause },
        ),
      );
    }
  }

  get(connector: string, partition: SourcePlace): Promise<SourcePlace | undefined> {
    return Promise.resolve(this.#known.get(connector, partition));
  }

  list(connector: string): Promise<readonly (SourceOffset & { readonly offset: SourcePlace })[]> {
    return Promise.resolve(this.#known.list(connector));
  }

  put(connector: string, offsets: readonly SourceOffset[]): Promise<void> {
    const turn = this.#last.then(async () => {
      const next = new Map(this.#texts);
      const last = new Map(offsets.map((each) => [placeKey(each.partition), each]));
      for (const { partition, offset } of last.values()) {
        const key = this.#known.keyText(connector, partition);
        if (offset === null) next.delete(key);
        else next.set(key, `${JSON.stringify(key)}:${placeText(offset)}`);
      }
      // Known once it is durable.
      await this.#disk.replace(this.#path, Buffer.from(`{${[...next.values()].join(",")}}`));
      this.#texts = next;
      for (const offset of offsets) this.#known.set(connector, offset);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async stop(): Promise<void> {
    await this.#last;
  }
}
