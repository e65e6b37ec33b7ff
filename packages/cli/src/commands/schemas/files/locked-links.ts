import { dirname, join } from "node:path";
import type { ResolvedReference, SchemaReference } from "@ottla/registry";
import { type LockFile, resolvedInLock } from "../lock/lock-file.ts";
import { portable } from "./schema-file.ts";

/** What a lock file says of files: whose each is, and what it refers to. Paths are those of schema files. */
export class LockedLinks {
  readonly #lock: LockFile;
  readonly #subjects = new Map<string, string>();
  readonly #files = new Map<string, string>();

  constructor(lock: LockFile, lockPath: string) {
    this.#lock = lock;
    for (const [subject, { file }] of Object.entries(lock.subjects)) {
      const path = portable(join(dirname(lockPath), file));
      this.#files.set(subject, path);
      if (!this.#subjects.has(path)) this.#subjects.set(path, subject);
    }
  }

  /** Every subject's file. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  subjectOf(path: string): string | undefined {
    return this.#subjects.get(path);
  }

  fileOf(subject: string): string | undefined {
    return this.#files.get(subject);
  }

  /** What the file's schema referred to when it was pulled. */
  referencesOf(path: string): readonly SchemaReference[] {
    const subject = this.#subjects.get(path);
    return subject === undefined ? [] : (this.#lock.subjects[subject]?.versions.at(-1)?.references ?? []);
  }

  /** Throws `LOCK_UNREADABLE`. */
  resolved(references: readonly SchemaReference[]): readonly ResolvedReference[] {
    return resolvedInLock(this.#lock, references);
  }
}
