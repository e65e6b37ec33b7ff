import { q19 } from "./best-bids.ts";
import { q15, q16, q17 } from "./daily.ts";
import { q10, q13, q23 } from "./enriched.ts";
import { q3, q4, q6, q9, q18, q20 } from "./joins.ts";
import type { Query } from "./query.ts";
import { q0, q1, q2, q14, q21, q22 } from "./stateless.ts";
import { q5, q7, q8, q11, q12 } from "./windows.ts";

/** Those that the DSL can ask, in the suite's order. */
export const queries: Readonly<Record<string, Query<unknown, unknown>>> = {
  q0,
  q1,
  q2,
  q3,
  q4,
  q5,
  q6,
  q7,
  q8,
  q9,
  q10,
  q11,
  q12: q12(Date.now),
  q13,
  q14,
  q15,
  q16,
  q17,
  q18,
  q19,
  q20,
  q21,
  q22,
  q23,
};
