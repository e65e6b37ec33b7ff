import { type LogFields, type Logger, silentLogger } from "@ottla/base";
import type { CommandContext } from "./command.ts";
import { shown } from "./output.ts";

/** Tells once that a cluster which had answered is lost and looked for, instead of every try that fails. */
export class LossNotice {
  readonly #stderr: CommandContext["stderr"];
  readonly #signal: AbortSignal;
  #isWatching = false;

  constructor({ stderr, signal }: Pick<CommandContext, "stderr" | "signal">) {
    this.#stderr = stderr;
    this.#signal = signal;
  }

  /** What a client is given to log to: a refresh of metadata that fails is how it sees that no broker is left. */
  get logger(): Logger {
    return { ...silentLogger, warn: (message, fields) => this.#warned(message, fields) };
  }

  /** From now on a loss is told of. */
  isConnected(): void {
    this.#isWatching = true;
  }

  #warned(message: string, fields: LogFields = {}): void {
    if (!this.#isWatching || this.#signal.aborted || message !== "metadata refresh failed") return;
    this.#isWatching = false;
    const why = String(fields["error"]).replace(/\.$/, "");
    this.#stderr.write(shown`ottla: The cluster does not answer any more; reconnecting until it does. (${why})\n`);
  }
}
