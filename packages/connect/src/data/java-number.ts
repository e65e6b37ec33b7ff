/** A double as Java writes it, which its JSON has too: `1.0`, `1.0E10`. What is no number is a text there. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"}"`;
  return javaDouble(value);
}

/** The fewest digits that are this number and no other of 32 bits. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return doubleText(value);
  const single = Math.fround(value);
  if (Number.isInteger(single) && Math.abs(single) < 1e7) return javaDouble(single);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return javaDouble(short);
  }
  return javaDouble(Number(single.toPrecision(9)));
}

/** Java's text of a number, NaN and infinities by their names. */
export function javaText(value: number, write: (value: number) => string): string {
  return Number.isFinite(value) ? write(value) : String(value);
}

function javaDouble(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
