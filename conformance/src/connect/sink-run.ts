import { silentLogger } from "@ottla/base";
import { ConnectError, type PluginOf, RetriableError, type SinkRecord, type SinkTask } from "@ottla/connect";
import { configValues } from "./postgres/source-config.ts";

/** A sink's task without a worker, which hands over as a worker does: what may go well later comes again, whole, at once. */
export class SinkRun {
  /** Of the calls that succeeded. */
  readonly bad: { readonly record: SinkRecord; readonly message: string }[] = [];
  /** How long the sink asked to wait, each time. */
  readonly waits: (number | undefined)[] = [];
  readonly #task: SinkTask;

  private constructor(task: SinkTask) {
    this.#task = task;
  }

  static async open(plugin: PluginOf<"sink">, properties: Readonly<Record<string, string>>): Promise<SinkRun> {
    const context = { connector: "sink", taskNumber: 0, signal: new AbortController().signal, log: silentLogger, seek: () => {} };
    return new SinkRun(await plugin.open(configValues(plugin.config, properties), context));
  }

  /** Hands records over until the sink takes them; `attempts` times at most. */
  async write(records: readonly SinkRecord[], attempts = 20): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const bad: SinkRun["bad"] = [];
      const reportBad = (record: SinkRecord, error: unknown): void => void bad.push({ record, message: (error as Error).message });
      try {
        await this.#task.write(records, { signal: new AbortController().signal, reportBad });
        this.bad.push(...bad);
        return;
      } catch (error) {
        if (!(error instanceof ConnectError) || error.code !== "CONNECT_RETRIABLE" || attempt === attempts) throw error;
        this.waits.push(error instanceof RetriableError ? error.afterMs : undefined);
      }
    }
  }

  async flush(): Promise<void> {
    await this.#task.flush?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#task.close?.();
  }
}
