import { OttlaError } from "@ottla/base";
import type { Dimension } from "../quantity/dimension.ts";

/** One input of a calculator, in the base unit of its dimension. */
export interface InputSpec {
  readonly dimension: Dimension;
  readonly summary: string;
  /** Taken when nothing is given; without it the input has to be. */
  readonly default?: number;
  /** The least value. Default 0. */
  readonly min?: number;
  /** The least value is not allowed itself. */
  readonly isMinExcluded?: boolean;
  readonly max?: number;
}

/** The inputs of a calculator by name. */
export type InputSpecs = Readonly<Record<string, InputSpec>>;
/** Their values, complete. */
export type Inputs<Specs extends InputSpecs = InputSpecs> = { readonly [Name in keyof Specs]: number };

/** A number that was calculated, and how. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly dimension: Dimension;
  readonly label: string;
  /** With the names of inputs and of figures before it. */
  readonly formula: string;
}

/** What a calculator says. */
export interface Calculation {
  /** In the order in which they follow from each other. */
  readonly figures: readonly Figure[];
  /** The name of the figure that was asked for. */
  readonly result: string;
  /** Which of several dimensions decides, where several do. */
  readonly binding?: string;
  /** What was assumed, and what to mind at these values. */
  readonly notes: readonly string[];
}

/** A calculator: inputs as data, so that options, help and forms follow from them. */
export interface Calculator<Specs extends InputSpecs = InputSpecs> {
  readonly name: string;
  readonly summary: string;
  readonly inputs: Specs;
  /** Reads complete inputs; see {@link completeInputs}. */
  readonly calculate: (inputs: Inputs<Specs>) => Calculation;
}

/** A calculator whose inputs are known to its function by name. */
export function calculator<const Specs extends InputSpecs>(definition: Calculator<Specs>): Calculator {
  return definition as unknown as Calculator;
}

/** The inputs with defaults in place of what is not given. Errors: `MISSING_INPUT`, `INVALID_INPUT`, `UNKNOWN_INPUT`. */
export function completeInputs({ name, inputs: specs }: Calculator, given: Readonly<Record<string, number>>): Inputs {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(specs, key));
  if (unknown !== undefined)
    throw new OttlaError("UNKNOWN_INPUT", `${name} has no input ${unknown}; it has ${Object.keys(specs).join(", ")}.`);
  const complete: Record<string, number> = {};
  for (const [key, spec] of Object.entries(specs)) {
    const value = given[key] ?? spec.default;
    if (value === undefined) throw new OttlaError("MISSING_INPUT", `${name} needs ${key}: ${spec.summary}.`);
    complete[key] = checked(key, value, spec);
  }
  return complete;
}

function checked(key: string, value: number, { min = 0, max = Number.MAX_VALUE, isMinExcluded = false }: InputSpec): number {
  if (Number.isFinite(value) && value <= max && (isMinExcluded ? value > min : value >= min)) return value;
  const upper = max === Number.MAX_VALUE ? "" : ` and at most ${max}`;
  throw new OttlaError("INVALID_INPUT", `${key} is ${value}; it must be ${isMinExcluded ? `above ${min}` : `at least ${min}`}${upper}.`);
}

/** A figure. */
export function figure(name: string, value: number, dimension: Dimension, label: string, formula: string): Figure {
  return { name, value, dimension, label, formula };
}

/** The names of the greatest among named numbers: what binds. */
export function bindingOf(candidates: Readonly<Record<string, number>>): string {
  const most = Math.max(...Object.values(candidates));
  return Object.keys(candidates)
    .filter((name) => candidates[name] === most)
    .join(", ");
}
