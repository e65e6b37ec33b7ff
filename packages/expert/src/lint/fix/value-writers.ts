/** How a form writes values and pairs. */
export interface ValueWriter {
  /** A value in the manner of the one that stood there: quoted as it was. Of what is a text only (`isText`), numbers are quoted too. */
  readonly scalar: (value: string, like: string, isText: boolean) => string;
  /** A pair in the manner of one whose name and sign are given as they are written. */
  readonly pair: (name: string, value: string, like: string) => string;
  /** What parts pairs that have lines of their own: the lines, or commas. */
  readonly parts: "lines" | "commas";
}

const BARE = /^(-?\d+(\.\d+)?|true|false)$/;

export const yamlWriter: ValueWriter = {
  scalar: (value, like, isText) => {
    if (like.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
    if (like.startsWith('"')) return JSON.stringify(value);
    // What stood bare as a word and becomes a number or a truth would change its type.
    if (BARE.test(value)) return isText && !/^-?\d+$/.test(like) ? JSON.stringify(value) : value;
    return /^[A-Za-z_/][\w./@-]*(?:=[\w./:@,;-]*)?$/.test(value) && !/^(null|yes|no|on|off|y|n|~)$/i.test(value)
      ? value
      : JSON.stringify(value);
  },
  pair: (name, value, like) => {
    const quote = /^["']/.exec(like)?.[0] ?? "";
    const sign = /:\s*$/.exec(like)?.[0] ?? ": ";
    return `${quote}${name}${quote}${sign.includes("\n") ? ": " : sign}${value}`;
  },
  parts: "lines",
};

export const jsonWriter: ValueWriter = {
  scalar: (value, like) => (like.startsWith('"') || !BARE.test(value) ? JSON.stringify(value) : value),
  pair: (name, value, like) => `${JSON.stringify(name)}${/\s*:\s*$/.exec(like)?.[0] ?? ": "}${value}`,
  parts: "commas",
};

export const hclWriter: ValueWriter = {
  scalar: (value, like) => (like.startsWith('"') || !BARE.test(value) ? JSON.stringify(value).replaceAll(/[$%](?=\{)/g, "$&$&") : value),
  pair: (name, value, like) => {
    const [, old = "", gap = " ", sign = "= "] = /^("[^"]*"|[\w-]+)(\s*)([=:]\s*)$/.exec(like) ?? [];
    const own = old.startsWith('"') || !/^[A-Za-z_][\w-]*$/.test(name) ? JSON.stringify(name) : name;
    return `${own.padEnd(old.length + gap.length - (gap === "" ? 0 : 1))}${gap === "" ? "" : " "}${sign}${value}`;
  },
  parts: "lines",
};
