/**
 * The functions that a case's topology may name, so that lambdas are data. Each takes any key and value: what it reads of them is their text
 * (`case-values.ts`), or their number. Both sides implement them; what they mean stands in the README beside this file.
 */
export const predicateNames = ["hasA", "keyHasA", "isEven", "notNull", "none", "all"] as const;
export const keyFunctionNames = ["sameKey", "textOfKey", "firstOfValue", "valueAsKey", "keyAndValue", "nullKeyIfC"] as const;
export const valueFunctionNames = ["same", "tag", "first", "length", "plusOne", "nullIfB", "orNone", "withKey", "failIfC"] as const;
/** From one value to several values. */
export const flatValueFunctionNames = ["characters", "twice", "nothing"] as const;
/** From one record to several records. */
export const flatFunctionNames = ["swapped", "spread", "nothing"] as const;
export const reducerNames = ["concat", "sum", "last", "max", "without", "minus", "nullIfEqual"] as const;
export const initializerNames = ["empty", "zero", "null"] as const;
export const aggregatorNames = ["concat", "sum", "minus", "without", "lastOrNull", "nullIfB", "countNulls"] as const;
export const mergerNames = ["concat", "sum"] as const;
export const joinerNames = ["pair", "left", "right", "sum", "nullIfEqual"] as const;
/** From a row of the left table to the key of the right one. */
export const foreignKeyNames = ["first", "nullIfB", "second", "keyFirst"] as const;

export type PredicateName = (typeof predicateNames)[number];
export type KeyFunctionName = (typeof keyFunctionNames)[number];
export type ValueFunctionName = (typeof valueFunctionNames)[number];
export type FlatValueFunctionName = (typeof flatValueFunctionNames)[number];
export type FlatFunctionName = (typeof flatFunctionNames)[number];
export type ReducerName = (typeof reducerNames)[number];
export type InitializerName = (typeof initializerNames)[number];
export type AggregatorName = (typeof aggregatorNames)[number];
export type MergerName = (typeof mergerNames)[number];
export type JoinerName = (typeof joinerNames)[number];
export type ForeignKeyName = (typeof foreignKeyNames)[number];
