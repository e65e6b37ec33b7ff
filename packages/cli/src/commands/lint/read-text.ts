import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { reasonOf } from "../../reason-of.ts";

/** What is larger is no configuration. */
const FILE_BYTES_MAX = 1024 * 1024;

/** A file's text, and by what it is told whether the file is still the same; or why it was not read. */
export type TextOfFile = { readonly text: string; readonly digest: string } | { readonly failure: string };

/** Reads a file of at most a megabyte; one that grows meanwhile is not followed. */
export async function readText(path: string): Promise<TextOfFile> {
  try {
    // A pipe that nobody writes into would be waited for, and no signal ends that.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return { failure: "It is neither a file nor a folder." };
    const tooLarge = { failure: `It is larger than ${FILE_BYTES_MAX} bytes.` };
    if (found.size > FILE_BYTES_MAX) return tooLarge;
    // Some systems' own files have no size until they are read.
    const room = Buffer.allocUnsafe(found.size > 0 ? found.size + 1 : FILE_BYTES_MAX + 1);
    let length = 0;
    while (length < room.length) {
      const { bytesRead } = await file.read(room, length, room.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length === room.length) return found.size > 0 ? { failure: "It grew while it was read; run again." } : tooLarge;
    return textOf(room.subarray(0, length));
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

function textOf(bytes: Buffer): TextOfFile {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)))
    return { failure: "It is UTF-16, which Kafka's programs do not read; save it as UTF-8." };
  if (bytes.includes(0)) return { failure: "It is no text." };
  return { text: bytes.toString("utf8"), digest: createHash("sha256").update(bytes).digest("base64") };
}
