import type { Writable } from "node:stream";

/** One option of a command. Long names only where a short one would have to be guessed. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: "flag" | "text" | "number";
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** What stands for the value in help: `HOST:PORT`. */
  readonly placeholder?: string;
  readonly summary: string;
  readonly defaultText?: string;
  /** An empty text means something; that of any other option is refused. */
  readonly mayBeEmpty?: boolean;
  /** Values that completion offers. */
  readonly choices?: readonly string[];
}

/** The most that counts and numbers of partitions, of nodes, and of replicas can be in the protocol. */
export const INT32_MAX = 0x7fffffff;
export const INT16_MAX = 0x7fff;

/** One positional argument. None may be empty. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  readonly variadic?: boolean;
}

interface Example {
  readonly command: string;
  readonly does: string;
}

/**
 * How a command ends. `task`: when its work is done; a signal interrupts it. `stream`: it may go on for ever, and to be stopped is its proper end. `server`: as a
 * stream, but others depend on it: it takes the time of a clean stop, and lives on when nobody reads what it prints.
 */
export type CommandKind = "task" | "stream" | "server";

/** A command as data: parsing, help and completion all read it. */
export interface CommandSpec {
  /** The words after `ottla`: `topics create`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** Default `task`. */
  readonly kind?: CommandKind;
  /** Loads the code of the command; only the one that runs is loaded. */
  readonly load: () => Promise<RunCommand>;
}

/** Values by option name; a flag is `true` or absent. */
export class ParsedOptions {
  readonly #values: ReadonlyMap<string, readonly (string | number | true)[]>;

  constructor(values: ReadonlyMap<string, readonly (string | number | true)[]>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name)?.at(-1);
    return value === undefined ? undefined : String(value);
  }

  texts(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).map(String);
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name)?.at(-1);
    return typeof value === "number" ? value : undefined;
  }

  /** A whole number within bounds. Throws {@link UsageError} for another one. */
  integer(name: string, min = 0, max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.integers(name, min, max).at(-1);
  }

  /** Each once, however often it was given. */
  integers(name: string, min = 0, max: number = Number.MAX_SAFE_INTEGER): readonly number[] {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
    return [...new Set(this.#values.get(name))].map((value) => {
      if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
      throw new UsageError(`--${name} is ${value}; it must be a whole number ${bounds}.`);
    });
  }
}

/** What a command works with: its words, and the world around it. */
export interface CommandContext {
  readonly options: ParsedOptions;
  readonly positionals: readonly string[];
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The script of this process, which threads of its own start with as well. */
  readonly main: URL;
  /** Aborted by SIGINT, SIGTERM or SIGHUP, or when nobody reads the output any more. A command that goes on for long watches it; see `runProcess`. */
  readonly signal: AbortSignal;
}

/** Exit statuses: 0 done, 1 failed or a check found something, 2 wrong usage, or a check that could not look. */
export type RunCommand = (context: CommandContext) => Promise<0 | 1 | 2>;

/** The words on the command line cannot be meant; exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
