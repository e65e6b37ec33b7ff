import type { KafkaError, Outcome } from "@ottla/client";

/** The values of outcomes, or the first refusal thrown. */
export function valuesOf<Value>(outcomes: readonly Outcome<Value>[]): readonly Value[] {
  return outcomes.map(({ value, error }) => {
    if (error) throw error;
    return value;
  });
}

/** Throws the first refusal that is none of these codes. */
export function throwRefusals(outcomes: readonly { readonly error: KafkaError | undefined }[], but: readonly string[] = []): void {
  const refusal = outcomes.find(({ error }) => error && !but.includes(error.code))?.error;
  if (refusal) throw refusal;
}
