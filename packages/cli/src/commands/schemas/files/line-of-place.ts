import type { SchemaType } from "@ottla/registry";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gsy;
const BLANK = /\s*/y;

/** The line, from 1, of a difference's place in a schema's text; of one that is not there the line of the nearest part around it. */
export function lineOfPlace(schemaType: SchemaType, text: string, place: string): number {
  return lineAt(text, schemaType === "PROTOBUF" ? protoOffset(text, place) : pointerOffset(text, place));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** `#/Message/field`: each part is looked for behind the one before. */
function protoOffset(text: string, place: string): number {
  let offset = 0;
  for (const part of place.replace(/^#?\/?/, "").split("/")) {
    if (!/^[\w.]+$/.test(part)) break;
    const name = part.split(".").at(-1) ?? part;
    const found = new RegExp(`\\b${name}\\b(?=\\s*[{=])`, "g");
    found.lastIndex = offset;
    const match = found.exec(text);
    if (match === null) break;
    offset = match.index;
  }
  return offset;
}

/** Where the value at a JSON pointer begins. */
function pointerOffset(text: string, pointer: string): number {
  const parts = (/#(\/.*)$/s.exec(pointer)?.[1] ?? pointer)
    .split("/")
    .filter((part) => part !== "")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  // Containers that are open: what the next value in them is called, and whether all around it are on the way.
  const open: { readonly isArray: boolean; key: string; readonly isOnWay: boolean }[] = [];
  let best = 0;
  let depth = -1;
  let at = 0;
  const next = (): string | undefined => {
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token !== undefined) at += token.length;
    return token;
  };
  for (let token = next(); token !== undefined; token = next()) {
    const top = open.at(-1);
    if (token === "}" || token === "]") open.pop();
    else if (token === ",") {
      if (top?.isArray === true) top.key = String(Number(top.key) + 1);
    } else if (token === ":") continue;
    else {
      const from = at - token.length;
      BLANK.lastIndex = at;
      const isKey = top?.isArray === false && text[at + (BLANK.exec(text)?.[0].length ?? 0)] === ":";
      if (isKey) {
        top.key = unquoted(token);
        if (top.isOnWay && parts[open.length - 1] === top.key && open.length > depth) best = from;
        continue;
      }
      const isOnWay = top === undefined || (top.isOnWay && parts[open.length - 1] === top.key);
      if (isOnWay && open.length > depth) {
        depth = open.length;
        if (top?.isArray !== false) best = from;
        if (open.length === parts.length) return best;
      }
      if (token === "{" || token === "[") open.push({ isArray: token === "[", key: token === "[" ? "0" : "", isOnWay });
    }
  }
  return best;
}

function unquoted(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
