import type { Disk } from "@ottla/base";
import { StreamsError } from "../../streams-error.ts";

const MAGIC = 0xbeefc0de;
const PAGE_BYTES = 4096;
/** Where in a meta page, after the page's own header. */
const MAGIC_AT = 24;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;

/**
 * Looks at the head of an LMDB file before it is opened: LMDB maps the file into memory and trusts it, so a file that is cut short or is none of its own would take the process down.
 * The file must begin with two meta pages, and be as long as the newer one says. What is wrong further in shows when it is read. Throws `STREAMS_STATE_CORRUPTED`.
 */
export function checkStateFile(disk: Disk, path: string): void {
  const stat = disk.stat(path);
  if (stat === undefined || stat.sizeBytes === 0) return;
  const file = disk.openRead(path);
  const head = Buffer.alloc(2 * PAGE_BYTES);
  try {
    if (file.readSync(head, 0) < head.length)
      throw corrupted(path, `it has ${stat.sizeBytes} bytes, and its head alone has ${head.length}`);
  } finally {
    file.close();
  }
  const metas = [head, head.subarray(PAGE_BYTES)].map((page) => ({
    isMeta: page.readUInt32LE(MAGIC_AT) === MAGIC,
    lastPage: page.readBigUInt64LE(LAST_PAGE_AT),
    transaction: page.readBigUInt64LE(TRANSACTION_AT),
  }));
  if (metas.some(({ isMeta }) => !isMeta)) throw corrupted(path, "it does not begin as an LMDB file does");
  const { lastPage } = metas.reduce((newest, meta) => (meta.transaction > newest.transaction ? meta : newest));
  const neededBytes = (lastPage + 1n) * BigInt(PAGE_BYTES);
  if (neededBytes > BigInt(stat.sizeBytes)) throw corrupted(path, `it has ${stat.sizeBytes} of ${neededBytes} bytes`);
}

/** State that cannot be read (`STREAMS_STATE_CORRUPTED`). */
export class CorruptedState extends StreamsError {
  /** Of the file or its folder. */
  readonly path: string;

  constructor(path: string, message: string, options: { readonly cause?: unknown }) {
    super("STREAMS_STATE_CORRUPTED", message, options);
    this.path = path;
  }
}

/** What to say of state that cannot be read. */
export function corrupted(path: string, reason: string, cause?: unknown): CorruptedState {
  return new CorruptedState(
    path,
    `The state in ${path} cannot be read: ${reason}. Remove it; the state is then made again from the changelog topics.`,
    cause === undefined ? {} : { cause },
  );
}
