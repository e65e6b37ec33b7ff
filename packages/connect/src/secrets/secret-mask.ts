import { type LogFields, type Logger, printableJson } from "@ottla/base";
import { HIDDEN } from "../plugin/config-definition.ts";
import { errorOf, type PortableError, portableError } from "../threads/portable-error.ts";

/** Shorter ones stand in every text. */
const CHARACTERS_MIN = 4;
const SECRETS_MAX = 1_000;

/**
 * Hides secrets in what is said: statuses, logs, dead letters, answers. A driver puts what it was given into its errors, and nobody can know where; so each value is looked for in every text on its way out, as it is, in a URL, in JSON and in base64.
 */
export class SecretMask {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  constructor(secrets: Iterable<string> = []) {
    this.add(secrets);
  }

  /** What is hidden. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  add(secrets: Iterable<string>): void {
    const before = this.#secrets.size;
    for (const secret of secrets) {
      const text = secret.trim();
      if (text.length >= CHARACTERS_MIN && this.#secrets.size < SECRETS_MAX) this.#secrets.add(text);
    }
    if (this.#secrets.size === before) return;
    const forms = new Set([...this.#secrets].flatMap(formsOf));
    // Of two that begin alike the longer one goes first.
    const sorted = [...forms].toSorted((one, other) => other.length - one.length);
    this.#pattern = new RegExp(sorted.map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|"), "g");
  }

  text(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, HIDDEN);
  }

  /** The same error where it says no secret, else one that says the rest. */
  error<E>(error: E): E | Error {
    if (this.#pattern === undefined) return error;
    const portable = portableError(error);
    const masked = this.#portable(portable);
    return isSame(portable, masked) ? error : errorOf(masked);
  }

  /** A logger that says no secret. */
  logger(logger: Logger): Logger {
    return {
      error: (message, fields) => logger.error(this.text(message), this.#fields(fields)),
      warn: (message, fields) => logger.warn(this.text(message), this.#fields(fields)),
      info: (message, fields) => logger.info(this.text(message), this.#fields(fields)),
      debug: (message, fields) => logger.debug(this.text(message), this.#fields(fields)),
    };
  }

  #fields(fields: LogFields | undefined): LogFields | undefined {
    if (fields === undefined || this.#pattern === undefined) return fields;
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, this.#field(value)]));
  }

  #field(value: LogFields[string]): LogFields[string] {
    if (typeof value === "string") return this.text(value);
    if (value instanceof Error) return this.error(value);
    if (typeof value !== "object" || value === null) return value;
    const shown = printableJson(value);
    const masked = this.text(shown);
    return masked === shown ? value : masked;
  }

  #portable(error: PortableError): PortableError {
    const { message, stack, place, cause } = error;
    return {
      ...error,
      message: this.text(message),
      stack: stack === undefined ? undefined : this.text(stack),
      place: Object.fromEntries(Object.entries(place).map(([name, value]) => [name, typeof value === "string" ? this.text(value) : value])),
      cause: cause === undefined ? undefined : this.#portable(cause),
    };
  }
}

function isSame(one: PortableError, other: PortableError): boolean {
  return (
    one.message === other.message &&
    one.stack === other.stack &&
    Object.entries(one.place).every(([name, value]) => other.place[name as keyof typeof one.place] === value) &&
    (one.cause === undefined || other.cause === undefined || isSame(one.cause, other.cause))
  );
}

/** As it is, in a URL, in a form, in JSON, in JSON that stands in JSON, and in base64. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inForm = new URLSearchParams({ s: secret }).toString().slice("s=".length);
  const inUrl = encodeURIComponent(secret.toWellFormed());
  // Logins of OAuth encode both parts before they are put together.
  const encoded = [...new Set([secret, inUrl, inForm])].flatMap(base64Of);
  return [secret, inUrl, inForm, inJson, JSON.stringify(inJson).slice(1, -1), ...encoded];
}

/** Shorter pieces of base64 may be anything. */
const BASE64_MIN = 8;

/** What of a secret's bytes can be seen in the base64 of a text that it stands in (`user:password` of HTTP's logins), wherever it begins in there. */
function base64Of(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    // The signs at both ends have bits of what stands beside it.
    const known = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return known.length < BASE64_MIN ? [] : [known, known.replaceAll("-", "+").replaceAll("_", "/")];
  });
}
