import { silentLogger } from "@ottla/base";
import type { PluginOf, SourceEvent, SourceItem, SourcePlace } from "@ottla/connect";
import { configValues } from "./postgres/source-config.ts";

/** When a run ends. */
export interface RunEnd {
  /** So many items are taken, the rest of a batch is lost as in a crash. */
  readonly items?: number;
  /** Asked after each item. */
  readonly when?: (events: readonly SourceEvent[]) => boolean;
  /** Ends it from outside, where nothing is to come. */
  readonly signal?: AbortSignal;
}

/** A source without a worker: what it yields is durable item by item, its offset with it, so that whatever comes twice or not at all over its runs is the source's own doing. */
export class SourceRuns {
  readonly events: SourceEvent[] = [];
  readonly offsets = new Map<string, SourcePlace>();
  readonly #plugin: PluginOf<"source">;
  readonly #properties: Readonly<Record<string, string>>;

  constructor(plugin: PluginOf<"source">, properties: Readonly<Record<string, string>>) {
    this.#plugin = plugin;
    this.#properties = properties;
  }

  /** One start of the source up to an end. Resolves when it has ended. */
  async run({ items = Number.POSITIVE_INFINITY, when, signal }: RunEnd): Promise<void> {
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    signal?.addEventListener("abort", stop);
    const config = configValues(this.#plugin.config, this.#properties);
    const check = { signal: stopping.signal, log: silentLogger };
    const [task = {}] = (await this.#plugin.split?.(config, 1, check)) ?? [];
    const context = {
      ...check,
      connector: "source",
      task,
      offsets: { get: (partition: SourcePlace) => Promise.resolve(this.offsets.get(JSON.stringify(partition))) },
    };
    let left = items;
    try {
      for await (const batch of this.#plugin.read(config, context)) {
        for (const item of itemsOf(batch)) {
          // Offsets go through their text, as they do in a topic.
          this.offsets.set(JSON.stringify(item.partition), JSON.parse(plainText(item.offset)) as SourcePlace);
          if (item.topic !== undefined) this.events.push(item);
          await this.#plugin.acked?.(item.partition, item.offset, context);
          if (--left <= 0 || when?.(this.events) === true) return;
        }
      }
    } finally {
      stopping.abort();
      signal?.removeEventListener("abort", stop);
    }
  }
}

function itemsOf(batch: SourceItem | readonly SourceItem[]): readonly SourceItem[] {
  return Array.isArray(batch) ? (batch as readonly SourceItem[]) : [batch as SourceItem];
}

function plainText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? Number(each) : each));
}
