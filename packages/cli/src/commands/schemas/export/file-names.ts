import { createHash } from "node:crypto";

/** Bytes of a name that every file system takes, with room for what comes behind. */
const NAME_MAX = 120;
/** Names that Windows keeps for itself. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name for a subject's files: the subject's own where every file system takes it, else as much of it as they take, and a piece of its hash. Subjects hold slashes, colons, dots alone, any length; two that
 * differ in case are two, and are one file on many systems: what has upper case brings the hash.
 */
export function fileNameOf(subject: string): string {
  const isPlain = /^[a-z0-9_][a-z0-9._-]*$/.test(subject) && subject.length <= NAME_MAX && !subject.endsWith(".") && !DEVICES.test(subject);
  if (isPlain) return subject;
  const readable = subject
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, NAME_MAX - 14);
  return `${readable}-${createHash("sha256").update(subject).digest("hex").slice(0, 12)}`;
}
