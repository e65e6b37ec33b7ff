/** A schema as a case carries it: Connect's own words, fields as pairs of a name and a schema. */
export interface CaseSchema {
  readonly type: string;
  readonly optional: boolean;
  readonly items?: CaseSchema;
  readonly keys?: CaseSchema;
  readonly values?: CaseSchema;
  readonly fields?: readonly (readonly [name: string, schema: CaseSchema])[];
  readonly name?: string;
  readonly version?: number;
  readonly doc?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly default?: CaseValue;
}

/** A value: null, or a list of a word for what it is and of what it holds. */
export type CaseValue = null | readonly unknown[];

export interface CaseRecord {
  readonly topic: string;
  readonly partition: number | null;
  readonly keySchema: CaseSchema | null;
  readonly key: CaseValue;
  readonly valueSchema: CaseSchema | null;
  readonly value: CaseValue;
  readonly headers: readonly (readonly [key: string, schema: CaseSchema | null, value: CaseValue])[];
  readonly timestampMs: number | null;
  /** A sink's record has one. */
  readonly offset: string | null;
}

type Config = Readonly<Record<string, string>>;

/** What Apache Connect and ours are asked. */
export type ConnectCase =
  | {
      readonly kind: "transform";
      readonly steps: readonly { readonly class: string; readonly config: Config }[];
      readonly record: CaseRecord;
    }
  | { readonly kind: "predicate"; readonly class: string; readonly config: Config; readonly record: CaseRecord }
  | {
      readonly kind: "write";
      readonly class: string;
      readonly config: Config;
      readonly schema: CaseSchema | null;
      readonly value: CaseValue;
    }
  | { readonly kind: "read"; readonly class: string; readonly config: Config; readonly bytes: string | null }
  | {
      readonly kind: "write-header";
      readonly class: string;
      readonly config: Config;
      readonly schema: CaseSchema | null;
      readonly value: CaseValue;
    }
  | { readonly kind: "read-header"; readonly class: string; readonly config: Config; readonly bytes: string };

/** What comes out: an error, a record, a truth, bytes, or a value with its schema. */
export interface ConnectAnswer {
  readonly error?: string;
  readonly dropped?: boolean;
  readonly record?: Omit<CaseRecord, "offset">;
  readonly truth?: boolean;
  readonly bytes?: string | null;
  readonly schema?: CaseSchema | null;
  readonly value?: CaseValue;
}
