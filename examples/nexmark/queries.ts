import { q15, q16, q17 } from "./daily.ts";
import { q18, q20, q3, q4, q9 } from "./joins.ts";
import type { Query } from "./query.ts";
import { q0, q1, q14, q2, q21, q22 } from "./stateless.ts";

/** Those that the DSL can ask, in the suite's order. */
export const queries: Readonly<Record<string, Query<unknown, unknown>>> = {
  q0,
  q1,
  q2,
  q3,
  q4,
  q9,
  q14,
  q15,
  q16,
  q17,
  q18,
  q20,
  q21,
  q22,
};
