import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const METHOD_STORED = 0;

/** The text of every entry of a jar (a zip file) whose name matches, by entry name. */
export function readJarEntries(jarPath: string, wanted: RegExp): Map<string, string> {
  const zip = readFileSync(jarPath);
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end--;
  if (end < 0) throw new Error(`${jarPath} is no jar: it has no central directory.`);
  const entries = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== CENTRAL_ENTRY) throw new Error(`${jarPath} has a damaged central directory at byte ${at}.`);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameBytes);
    if (wanted.test(name)) entries.set(name, entryText(zip, at));
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function entryText(zip: Buffer, central: number): string {
  const local = zip.readUInt32LE(central + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + zip.readUInt32LE(central + 20));
  const stored = zip.readUInt16LE(central + 10) === METHOD_STORED;
  return (stored ? packed : inflateRawSync(packed)).toString("utf8");
}
