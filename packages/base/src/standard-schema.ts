/**
 * What a validator must have so that a serde takes it: the `~standard` property that zod, valibot, arktype and others carry. The shape is that of the Standard
 * Schema specification, version 1 (standardschema.dev), written down here so that nothing has to be installed for it.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    /** Who made the validator: `zod`, `valibot`, … */
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** For the compiler only; there is nothing in it at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a validator says of a value: what it is after validation, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[]; readonly value?: undefined };

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A value was not as its schema wants it; `message` names every place (at most ten). */
export class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    const shown = issues
      .slice(0, ISSUES_SHOWN)
      .map(({ message, path = [] }) => (path.length === 0 ? message : `${placeOf(path)}: ${message}`));
    if (issues.length > ISSUES_SHOWN) shown.push(`and ${issues.length - ISSUES_SHOWN} more`);
    super(shown.join("; "));
    this.issues = issues;
  }
}

const ISSUES_SHOWN = 10;

function placeOf(path: NonNullable<SchemaIssue["path"]>): string {
  return path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
}

/** Gives what the validator made of the value; a promise only if the validator gives one. Throws, or rejects with, {@link SchemaMismatch}. */
export function validated<Output>(schema: StandardSchema<unknown, Output>, value: unknown): Output | Promise<Output> {
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(valueOf) : valueOf(result);
}

function valueOf<Output>(result: SchemaResult<Output>): Output {
  if (result.issues !== undefined) throw new SchemaMismatch(result.issues);
  return result.value;
}
