import { ConnectError } from "../../../connect-error.ts";

/**
 * The elements of a one-dimensional array as PostgreSQL prints it: `{1,NULL,"a b","q\"x"}`, with bounds before it where they are not 1.
 * Of more dimensions: refused, since an array column of Connect's has one.
 */
export function readArray(text: string): (string | null)[] {
  let at = text.charCodeAt(0) === 91 ? text.indexOf("=") + 1 : 0;
  at++;
  const elements: (string | null)[] = [];
  if (text[at] === "}") return elements;
  for (;;) {
    if (text[at] === "{")
      throw new ConnectError("CONNECT_DATA", `an array of more than one dimension has no form in Connect: ${text.slice(0, 40)}`);
    if (text[at] === '"') {
      const end = endOfQuoted(text, at + 1);
      elements.push(unescape(text.slice(at + 1, end)));
      at = end + 1;
    } else {
      const end = endOfPlain(text, at);
      const element = text.slice(at, end);
      elements.push(element === "NULL" ? null : element);
      at = end;
    }
    if (text[at] !== ",") return elements;
    at++;
  }
}

function endOfQuoted(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
  return at;
}

function endOfPlain(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 44 && text.charCodeAt(at) !== 125) at++;
  return at;
}

const unescape = (text: string): string => (text.includes("\\") ? text.replace(/\\(.)/gs, "$1") : text);

/** `"a"=>"1", "b"=>NULL` of the extension hstore, in its order. */
export function readHstore(text: string): Map<string, string | null> {
  const pairs = new Map<string, string | null>();
  let at = 0;
  while (at < text.length) {
    const keyEnd = endOfQuoted(text, at + 1);
    const key = unescape(text.slice(at + 1, keyEnd));
    at = keyEnd + 3;
    if (text[at] === '"') {
      const end = endOfQuoted(text, at + 1);
      pairs.set(key, unescape(text.slice(at + 1, end)));
      at = end + 3;
    } else {
      pairs.set(key, null);
      at += 6;
    }
  }
  return pairs;
}
