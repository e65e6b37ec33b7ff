import { json } from "./json-serde.ts";
import { list } from "./list-serde.ts";
import { bigint, boolean, bytes, double, float, integer, long, nothing, short, string, uuid } from "./primitive-serdes.ts";
import { sessionWindowed, timeWindowed } from "./windowed-serdes.ts";

/** The serdes that the library brings. Their bytes are those of Java's serdes of the same name, so both may read and write one topic. */
export const serdes = {
  string,
  bytes,
  uuid,
  long,
  bigint,
  integer,
  short,
  float,
  double,
  boolean,
  void: nothing,
  json,
  list,
  timeWindowed,
  sessionWindowed,
} as const;
