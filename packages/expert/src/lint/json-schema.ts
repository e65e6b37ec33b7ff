/** A schema of an object, with what it says of its properties. */
export interface JsonObjectSchema {
  /** Where it stands: `the schema`, `properties.address`. */
  readonly name: string;
  readonly line: number;
  readonly properties: readonly JsonProperty[];
  readonly required: readonly { readonly name: string; readonly line: number }[];
  /** Whether properties that it does not name may come; undefined when it does not say. */
  readonly isOpen: boolean | undefined;
}

/** A property as its object's schema describes it. */
export interface JsonProperty {
  readonly name: string;
  readonly line: number;
  readonly types: readonly string[];
  /** Whether anything at all is said of what it may be. */
  readonly isConstrained: boolean;
}

/** What rules look at in a JSON Schema. */
export interface JsonSchema {
  readonly file: string;
  readonly line: number;
  /** Keywords of the outermost schema. */
  readonly keys: ReadonlySet<string>;
  readonly objects: readonly JsonObjectSchema[];
}
