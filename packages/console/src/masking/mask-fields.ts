import type { MaskAction } from "./masking-rules.ts";

/** What is hidden below a field: the whole of it, or fields further down. */
export interface FieldMask {
  readonly path: readonly string[];
  readonly do: MaskAction;
}

/** Left out. */
const DROPPED = Symbol("dropped");
/** Deeper values are hidden whole. */
const DEPTH_MAX = 200;

/** A copy of a value in which fields are hidden. Lists are gone into by themselves. Throws `RangeError` for what is too deep. */
export function maskFields(value: unknown, masks: readonly FieldMask[], hide: (value: unknown, action: MaskAction) => unknown): unknown {
  const masked = walk(value, masks, hide, 0);
  return masked === DROPPED ? null : masked;
}

function walk(value: unknown, masks: readonly FieldMask[], hide: (value: unknown, action: MaskAction) => unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new RangeError("it is too deep");
  // `**` may also be no step at all.
  const open = masks.flatMap((mask) => expanded(mask));
  const here = open.filter(({ path }) => path.length === 0).map((mask) => mask.do);
  if (here.length > 0) {
    if (here.includes("drop")) return DROPPED;
    return hide(value, here.includes("mask") ? "mask" : "hash");
  }
  if (Array.isArray(value)) return value.map((each) => walk(each, masks, hide, depth + 1)).filter((each) => each !== DROPPED);
  if (!isFields(value)) return value;
  const fields: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
  const kept = fields.flatMap(([name, each]): (readonly [string, unknown])[] => {
    const masked = walk(each, below(open, String(name)), hide, depth + 1);
    return masked === DROPPED ? [] : [[String(name), masked]];
  });
  return Object.fromEntries(kept);
}

/** Whether a field can be looked for in a value. */
export function isFields(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof Date) && !isRawNumber(value);
}

/** A number as it was written. */
function isRawNumber(value: object): boolean {
  return (JSON as { isRawJSON?: (value: unknown) => boolean }).isRawJSON?.(value) === true;
}

function expanded(mask: FieldMask): readonly FieldMask[] {
  const found = [mask];
  for (let rest = mask.path; rest[0] === "**"; rest = rest.slice(1)) found.push({ ...mask, path: rest.slice(1) });
  return found;
}

function below(masks: readonly FieldMask[], name: string): readonly FieldMask[] {
  return masks.flatMap(({ path: [first, ...rest], do: action }) => {
    if (first === "**") return [{ path: ["**", ...rest], do: action }];
    return first === "*" || first === name ? [{ path: rest, do: action }] : [];
  });
}
