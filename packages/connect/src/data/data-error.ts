import { ConnectError } from "../connect-error.ts";

/** A value that is not what its schema says (CONNECT_DATA). `path` leads to it from outside, `after.lines[3].price`; "" is the value itself. */
export class DataError extends ConnectError {
  readonly problem: string;
  readonly path: string;

  constructor(problem: string, path = "", cause?: unknown) {
    super("CONNECT_DATA", path === "" ? `${capital(problem)}.` : `At ${path}: ${problem}.`, {
      ...(cause === undefined ? {} : { cause }),
      place: path === "" ? {} : { field: path },
    });
    this.problem = problem;
    this.path = path;
  }

  /** The same fault, seen from one step further out. What is no fault of the data stays what it is. */
  static within(step: string | number, error: unknown): unknown {
    if (!(error instanceof DataError)) return error;
    const own = typeof step === "number" ? `[${step}]` : step;
    const { path } = error;
    return new DataError(error.problem, path === "" || path.startsWith("[") ? own + path : `${own}.${path}`, error.cause);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SHOWN_MAX = 60;

/** A value as an error shows it: what it is, and the beginning of it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value)}`;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "a Date that is none" : value.toISOString();
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a map of ${value.size}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
