/** Rules over what registries let through and readers then misread. Their facts (why, remedy, source) are in the expert's catalogue under the same ids. */
export const schemaAdviceRules = ["SCH-20", "SCH-21", "SCH-22", "SCH-23", "SCH-24", "SCH-25", "SCH-26", "SCH-27", "SCH-28"] as const;

/** One of {@link schemaAdviceRules}. */
export type SchemaAdviceRule = (typeof schemaAdviceRules)[number];

/** What a rule met. */
export interface SchemaAdvice {
  readonly rule: SchemaAdviceRule;
  /** A JSON pointer in the newer schema for Avro and JSON Schema, `#/Message/field` for Protobuf. */
  readonly path: string;
  /** The field or type that it is about, as people call it: `Order.total`. */
  readonly name: string;
  /** A sentence that says what is wrong, with the values. */
  readonly message: string;
  readonly older?: string;
  readonly newer?: string;
}

/** As many as are told of one schema or one change. */
export const MAX_ADVICE = 200;
