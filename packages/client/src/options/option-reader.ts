import { ClientError } from "../client-error.ts";
import { nearestName, shown } from "./argument-checks.ts";

/** What the person who set an option calls it: `--bootstrap-server`, `linger.ms`; left out: as the option itself. */
export type OptionNames = Readonly<Partial<Record<string, string>>>;

/** The error for an option that cannot be. `option` is the option's own name, `message` may use another. */
export function impossibleOption(option: string, message: string): ClientError {
  return new ClientError("INVALID_OPTION", message, { subject: option });
}

/** Checks the options of one call, each under the name that its user knows. Every check throws `ClientError` INVALID_OPTION. */
export class OptionReader<Options extends object> {
  readonly #options: Options;
  readonly #names: OptionNames;

  /** `call`: what the options were given to. Options that do not exist are refused here. */
  constructor(call: string, options: Options, known: Readonly<Record<keyof Options, true>>, names: OptionNames) {
    if (typeof options !== "object" || options === null || Array.isArray(options))
      throw new ClientError("INVALID_OPTION", `${call} was given ${shown(options)}; it takes an object of options.`);
    this.#options = options;
    this.#names = { ...names, ...readNames((options as { readonly optionNames?: unknown }).optionNames) };
    for (const name of Object.keys(options)) if (!Object.hasOwn(known, name)) throw unknown(call, name, Object.keys(known));
  }

  /** As the user knows the option. */
  nameOf = (option: string): string => this.#names[option] ?? option;

  /** An integer within its range, ends included. */
  integer(option: keyof Options & string, fallback: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value: unknown = this.#options[option] ?? fallback;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
    throw this.impossible(option, value, range);
  }

  boolean(option: keyof Options & string, fallback: boolean): boolean {
    const value: unknown = this.#options[option] ?? fallback;
    if (typeof value === "boolean") return value;
    throw this.impossible(option, value, "true or false");
  }

  /** Undefined when it was left out or is empty. */
  text(option: keyof Options & string): string | undefined {
    const value: unknown = this.#options[option];
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string" && Buffer.byteLength(value) <= TEXT_BYTES_MAX) return value;
    throw this.impossible(option, value, `a text of at most ${TEXT_BYTES_MAX} bytes`);
  }

  /** As {@link text}, for what changes what is promised: an empty one is a mistake (a variable that was never set), never "without it". */
  nonEmptyText(option: keyof Options & string): string | undefined {
    if (this.#options[option] === "") throw this.impossible(option, "", "left out, or a text that is not empty");
    return this.text(option);
  }

  oneOf<T extends string | number>(option: keyof Options & string, fallback: T, allowed: readonly T[]): T {
    const value: unknown = this.#options[option] ?? fallback;
    if (allowed.includes(value as T)) return value as T;
    throw this.impossible(option, value, `one of ${allowed.join(", ")}`);
  }

  /** Fails unless it is left out or a function. */
  function(option: keyof Options & string): void {
    const value: unknown = this.#options[option];
    if (value !== undefined && typeof value !== "function") throw this.impossible(option, value, "a function");
  }

  impossible(option: string, value: unknown, mustBe: string): ClientError {
    return impossibleOption(option, `${this.nameOf(option)} is ${shown(value)}; it must be ${mustBe}.`);
  }
}

const TEXT_BYTES_MAX = 32_767;

function readNames(names: unknown): OptionNames {
  if (names === undefined) return {};
  if (typeof names === "object" && names !== null && Object.values(names).every((name) => typeof name === "string" || name === undefined))
    return names as OptionNames;
  throw impossibleOption("optionNames", `optionNames is ${shown(names)}; it must be an object of texts.`);
}

function unknown(call: string, name: string, known: readonly string[]): ClientError {
  const near = nearestName(name, known);
  const hint = near === undefined ? `it has ${known.join(", ")}.` : `did you mean "${near}"?`;
  return impossibleOption(name, `${call} was given "${name}", which is no option of it; ${hint}`);
}
