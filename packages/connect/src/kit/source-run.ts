import type { SourcePlace } from "../data/connect-record.ts";
import { checkValue } from "../data/check-value.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import type { SourceEvent, SourceItem, SourcePlugin, SourceTaskContext } from "../plugin/source-plugin.ts";
import { parsePlaceJson, placeKey, placeText } from "../storage/place-json.ts";
import { itemsOf } from "../worker/source-record.ts";
import { fail, said } from "./connector-check.ts";
import { allWords, checkHidden, keepingLogger, secretsIn } from "./kept-words.ts";
import { passed, within } from "./within.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a plugin of any settings
export type AnySource = SourcePlugin<any, any>;

/** Offsets that are durable, as a worker has them: JSON, by their partition. */
export class DurableOffsets {
  readonly #texts = new Map<string, string>();

  get(partition: SourcePlace): Promise<SourcePlace | undefined> {
    const text = this.#texts.get(placeKey(partition));
    return Promise.resolve(text === undefined ? undefined : (parsePlaceJson(text) as SourcePlace));
  }

  put({ offset, partition }: SourceItem): void {
    this.#texts.set(placeKey(partition), placeText(offset));
  }
}

/** An item as it was when it was yielded. */
export interface ReadItem {
  readonly item: SourceItem;
  /** Undefined: progress alone. */
  readonly event: SourceEvent | undefined;
}

const BATCH_MAX = 50_000;

/** All tasks of a source as a worker runs them, but nothing is written anywhere. */
export class SourceRun {
  readonly #plugin: AnySource;
  readonly #config: ReturnType<typeof readConfig>;
  readonly #secrets: readonly string[];
  readonly #ended = new AbortController();
  readonly #lines: string[] = [];
  readonly #stopWithinMs: number;
  readonly #tasks: { readonly context: SourceTaskContext<object>; readonly items: AsyncIterator<SourceItem | readonly SourceItem[]> }[] =
    [];
  readonly #waiting: ReadItem[] = [];
  /** Tasks that have nothing more. */
  readonly #atEnd = new Set<number>();
  #pulls: (Promise<{ readonly task: number; readonly result: IteratorResult<SourceItem | readonly SourceItem[]> }> | undefined)[] = [];

  private constructor(plugin: AnySource, properties: ConnectorProperties, stopWithinMs: number) {
    this.#plugin = plugin;
    this.#config = readConfig(plugin.config, properties);
    this.#secrets = secretsIn(plugin.config, properties);
    this.#stopWithinMs = stopWithinMs;
  }

  static async start(
    plugin: AnySource,
    properties: ConnectorProperties,
    offsets: DurableOffsets,
    { stopWithinMs, tasksMax }: { readonly stopWithinMs: number; readonly tasksMax: number },
  ): Promise<SourceRun> {
    const run = new SourceRun(plugin, properties, stopWithinMs);
    const shared = { signal: run.#ended.signal, log: keepingLogger(run.#lines) };
    const tasks = ((await plugin.split?.(run.#config as never, tasksMax, shared)) ?? [{}]) as readonly object[];
    if (tasks.length > tasksMax) fail(`split() was asked for ${tasksMax} tasks at most and gave ${tasks.length}; a worker refuses that.`);
    for (const task of tasks) {
      const context: SourceTaskContext<object> = {
        ...shared,
        connector: "checked",
        task,
        offsets: { get: (partition) => offsets.get(partition) },
      };
      run.#tasks.push({ context, items: plugin.read(run.#config as never, context as never)[Symbol.asyncIterator]() });
    }
    run.#pulls = run.#tasks.map(() => undefined);
    return run;
  }

  /** So many events, progress in between; fewer where none comes for so long, which may depend on what has come. */
  async take(events: number, quietMs: number | ((taken: readonly ReadItem[]) => number)): Promise<readonly ReadItem[]> {
    const taken: ReadItem[] = [];
    for (let count = 0; count < events; ) {
      const waitMs = (): number => (typeof quietMs === "number" ? quietMs : quietMs(taken));
      const next = this.#waiting.shift() ?? ((await this.#pull(waitMs())) ? this.#waiting.shift() : undefined);
      if (next === undefined) break;
      taken.push(next);
      if (next.event !== undefined) count++;
    }
    return taken;
  }

  /** Its record is durable, then its offset is. */
  async acked({ offset, partition }: SourceItem): Promise<void> {
    for (const { context } of this.#tasks) this.#plugin.delivered?.(partition, offset, context as never);
    for (const { context } of this.#tasks) await this.#plugin.acked?.(partition, offset, context as never);
  }

  /** As a worker ends it. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await within(
      this.#stopWithinMs,
      "A source that is told to stop (its signal is aborted)",
      Promise.all(this.#tasks.map(({ items }, task) => this.#end(items, task))),
    );
    checkHidden(this.#secrets, this.#lines);
  }

  /** As a process ends that is killed: nobody is told, nothing goes on. */
  kill(): void {
    this.#ended.abort();
    for (const { items } of this.#tasks) void items.return?.(undefined).then(undefined, () => {});
  }

  async #end(items: AsyncIterator<unknown>, task: number): Promise<void> {
    // What was asked for comes to its end first.
    await this.#pulls[task]?.then(undefined, () => {});
    await items.return?.(undefined).then(undefined, () => {});
  }

  async #pull(quietMs: number): Promise<boolean> {
    for (;;) {
      const pending = this.#tasks.flatMap(({ items }, task) =>
        this.#atEnd.has(task) ? [] : [(this.#pulls[task] ??= items.next().then((result) => ({ task, result })))],
      );
      if (pending.length === 0) return false;
      const came = await Promise.race([...pending, passed(quietMs)]).catch((error: unknown) => {
        checkHidden(this.#secrets, [...this.#lines, allWords(error)]);
        throw error;
      });
      if (came === undefined) return false;
      const { result, task } = came;
      this.#pulls[task] = undefined;
      if (result.done === true) {
        this.#atEnd.add(task);
        continue;
      }
      const items = itemsOf(result.value);
      if (items.length > BATCH_MAX)
        fail(`${items.length} records were handed on at once; a batch has a bound (at most ${BATCH_MAX}), as a worker holds it in memory.`);
      for (const item of items) this.#waiting.push(checkedItem(item));
      if (items.length > 0) return true;
    }
  }
}

/** A copy, since it is looked at later; what a worker could not keep or write is told now. */
function checkedItem(item: SourceItem): ReadItem {
  const place = (what: "partition" | "offset"): SourcePlace => {
    const text = placeText(item[what]);
    const read = parsePlaceJson(text) as SourcePlace;
    if (typeof item[what] !== "object" || placeText(read) !== text || hasOther(item[what]))
      fail(
        `The ${what} ${text} does not come back from JSON as it was, where a worker keeps it: take texts, numbers, bigint, booleans, lists and objects of them.`,
      );
    return read;
  };
  const partition = place("partition");
  const offset = place("offset");
  if (item.topic === undefined) return { item: { ...item, partition, offset }, event: undefined };
  if (typeof item.topic !== "string" || item.topic === "") fail(`A record's topic is a name, not ${JSON.stringify(item.topic)}.`);
  for (const [schema, value, what] of [
    [item.keySchema, item.key, "key"],
    [item.valueSchema, item.value, "value"],
  ] as const) {
    try {
      if (schema !== undefined) checkValue(schema, value);
    } catch (error) {
      fail(`The ${what} of a record is none of its schema: ${said(error)}`, error);
    }
  }
  const event = { ...item, partition, offset };
  return { item: event, event };
}

function hasOther(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === undefined || typeof value === "function" || typeof value === "symbol";
  if (Array.isArray(value)) return value.some(hasOther);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype !== Object.prototype && prototype !== null) || Object.values(value).some(hasOther);
}
