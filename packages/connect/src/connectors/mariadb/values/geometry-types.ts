import { ConnectError } from "../../../connect-error.ts";
import type { ConnectField } from "../../../data/schema.ts";
import type { ValueType } from "./value-type.ts";

const SRID_BYTES = 4;
const POINT_BYTES = 21;
const EMPTY_COLLECTION = Buffer.from("010700000000000000", "hex");

const common: readonly ConnectField[] = [{ name: "srid", schema: { type: "int32", optional: true } }];

/** Four bytes of the reference system, then the well-known bytes of the geometry. */
function parts(raw: Buffer): { readonly wkb: Buffer; readonly srid: number | null } {
  const srid = raw.length < SRID_BYTES ? 0 : raw.readInt32LE(0);
  return { wkb: Buffer.from(raw.subarray(SRID_BYTES)), srid: srid === 0 ? null : srid };
}

/** Every geometry but POINT. */
export const geometryType: ValueType = {
  schema: {
    type: "struct",
    name: "io.debezium.data.geometry.Geometry",
    version: 1,
    doc: "Geometry",
    fields: [{ name: "wkb", schema: { type: "bytes", optional: false } }, ...common],
  },
  fromRaw: parts,
  zero: { wkb: EMPTY_COLLECTION, srid: null },
};

export const pointType: ValueType = {
  schema: {
    type: "struct",
    name: "io.debezium.data.geometry.Point",
    version: 1,
    doc: "Geometry (POINT)",
    fields: [
      { name: "x", schema: { type: "double", optional: false } },
      { name: "y", schema: { type: "double", optional: false } },
      { name: "wkb", schema: { type: "bytes", optional: true } },
      ...common,
    ],
  },
  fromRaw: pointOf,
  zero: { x: 0, y: 0, wkb: Buffer.from(`0101000000${"00".repeat(16)}`, "hex"), srid: null },
};

function pointOf(raw: Buffer): unknown {
  const { wkb, srid } = parts(raw);
  if (wkb.length !== POINT_BYTES || wkb[0] !== 1) throw new ConnectError("CONNECT_DATA", `${wkb.length} bytes are no point.`);
  return { x: wkb.readDoubleLE(5), y: wkb.readDoubleLE(13), wkb, srid };
}
