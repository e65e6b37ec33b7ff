import { ConnectError } from "../../connect-error.ts";

const PLACES = ["header", "envelope", "partition"] as const;

/** Where a column of an outbox goes besides the payload. */
export interface Placement {
  readonly column: string;
  readonly place: (typeof PLACES)[number];
  readonly alias: string;
}

/** Of `column:place` or `column:place:name`. @throws ConnectError CONNECT_CONFIG */
export function placementOf(text: string): Placement {
  const [column = "", word = "", alias = column, ...more] = text.split(":").map((part) => part.trim());
  const place = PLACES.find((one) => one === word.toLowerCase());
  if (column === "" || alias === "" || place === undefined || more.length > 0)
    throw new ConnectError(
      "CONNECT_CONFIG",
      `An entry of table.fields.additional.placement is column:place or column:place:name, with a place of ${PLACES.join(", ")}, not "${text}".`,
    );
  return { column, place, alias };
}
