import { DataError } from "../../../data/data-error.ts";
import { timeSchema } from "../../../data/logical-types.ts";
import { plain } from "../../../data/make-schema.ts";
import { type ColumnForm, dayForm, DOUBLE, intForm, numericForm, TEXT, timestampForm, type ValueRules } from "./source-column.ts";

const OID = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701, date: 1082, time: 1083 } as const;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;

const BOOLEAN: ColumnForm = { schema: plain("boolean"), read: (raw) => raw === "t" };
const FLOAT: ColumnForm = { schema: plain("float"), read: (raw) => Math.fround(Number(raw)) };
const BYTES: ColumnForm = { schema: plain("bytes"), read: (raw) => Buffer.from(String(raw).slice(2), "hex") };
const TIME: ColumnForm = { schema: timeSchema(), read: (raw) => new Date(dayMs(String(raw))) };

/** What a type's values become, of the texts that PostgreSQL writes. Types that Connect has no word for stay these texts. */
export function postgresForm(oid: number, modifier: number, rules: ValueRules): ColumnForm {
  switch (oid) {
    case OID.bool:
      return BOOLEAN;
    case OID.bytea:
      return BYTES;
    case OID.int2:
      return intForm("int16");
    case OID.int4:
      return intForm("int32");
    case OID.int8:
    case OID.oid:
      return intForm("int64");
    case OID.float4:
      return FLOAT;
    case OID.float8:
      return DOUBLE;
    case OID.date:
      return dayForm(rules);
    case OID.time:
      return TIME;
    case TIMESTAMP:
    case TIMESTAMPTZ:
      return timestampForm(modifier < 0 ? 6 : modifier, oid === TIMESTAMPTZ, rules);
    case NUMERIC: {
      const packed = modifier - 4;
      // Of 11 bits, the highest of them the sign.
      return modifier < 0 ? numericForm(undefined, 0, rules.numeric) : numericForm(packed >> 16, (packed << 21) >> 21, rules.numeric);
    }
    default:
      return TEXT;
  }
}

function dayMs(text: string): number {
  const [, hour, minute, second, fraction = ""] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text) ?? [];
  if (hour === undefined) throw new DataError(`"${text.slice(0, 40)}" is no time of day`);
  return (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
}
