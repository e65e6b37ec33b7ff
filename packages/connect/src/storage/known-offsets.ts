import type { SourcePlace } from "../data/connect-record.ts";
import type { SourceOffset } from "./offset-store.ts";
import { isPlace, parsePlaceJson, placeKey, placeText } from "./place-json.ts";

interface Known {
  /** As it was first written. */
  readonly partition: SourcePlace;
  readonly keyText: string;
  readonly offset: SourcePlace;
}

/** Offsets in memory, by connector and part of the source. A part whose names come in another order is the same one. */
export class KnownOffsets {
  readonly #byConnector = new Map<string, Map<string, Known>>();

  get(connector: string, partition: SourcePlace): SourcePlace | undefined {
    return this.#byConnector.get(connector)?.get(placeKey(partition))?.offset;
  }

  list(connector: string): (SourceOffset & { readonly offset: SourcePlace })[] {
    return [...(this.#byConnector.get(connector)?.values() ?? [])].map(({ partition, offset }) => ({ partition, offset }));
  }

  /** The key of the record that holds it, as Apache Connect writes it: `["connector",{partition}]`; one that was written before keeps its bytes. */
  keyText(connector: string, partition: SourcePlace): string {
    return this.#byConnector.get(connector)?.get(placeKey(partition))?.keyText ?? `[${JSON.stringify(connector)},${placeText(partition)}]`;
  }

  set(connector: string, { partition, offset }: SourceOffset, keyText = this.keyText(connector, partition)): void {
    let places = this.#byConnector.get(connector);
    if (places === undefined) {
      places = new Map();
      this.#byConnector.set(connector, places);
    }
    if (offset === null) places.delete(placeKey(partition));
    else places.set(placeKey(partition), { partition, keyText, offset });
  }
}

/** What a key says; undefined for one that nobody here could have written. */
export function readOffsetKey(
  text: string,
  parse: (text: string) => unknown,
): { readonly connector: string; readonly partition: SourcePlace } | undefined {
  let key: unknown;
  try {
    key = parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(key) || key.length !== 2) return undefined;
  const [connector, partition] = key as readonly unknown[];
  return typeof connector === "string" && isPlace(partition) ? { connector, partition } : undefined;
}

/** What a value says; null: the place was forgotten; undefined: nobody here could have written it. */
export function readOffset(text: string | undefined): SourcePlace | null | undefined {
  if (text === undefined) return null;
  try {
    const offset = parsePlaceJson(text);
    return offset === null || isPlace(offset) ? offset : undefined;
  } catch {
    return undefined;
  }
}
