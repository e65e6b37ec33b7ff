import { json } from "./json-serde.ts";
import { list } from "./list-serde.ts";
import { bigint, boolean, bytes, double, float, integer, long, nothing, short, string, uuid } from "./primitive-serdes.ts";
import { sessionWindowed, timeWindowed } from "./windowed-serdes.ts";

/** Named one by one, so that what is compiled names them too: what a compiler infers of bytes is not readable to TypeScript before 5.7. */
export interface Serdes {
  readonly string: typeof string;
  readonly bytes: typeof bytes;
  readonly uuid: typeof uuid;
  readonly long: typeof long;
  readonly bigint: typeof bigint;
  readonly integer: typeof integer;
  readonly short: typeof short;
  readonly float: typeof float;
  readonly double: typeof double;
  readonly boolean: typeof boolean;
  readonly void: typeof nothing;
  readonly json: typeof json;
  readonly list: typeof list;
  readonly timeWindowed: typeof timeWindowed;
  readonly sessionWindowed: typeof sessionWindowed;
}

/** The serdes that the library brings. Their bytes are those of Java's serdes of the same name, so both may read and write one topic. */
export const serdes: Serdes = {
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
};
