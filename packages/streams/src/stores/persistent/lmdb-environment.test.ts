import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { unusable } from "./lmdb-environment.ts";

const { errno } = constants;

// As the library throws them: MDB_INVALID is −30793.
for (const [message, code, said] of [
  ["No space left on device", errno.ENOSPC, "STREAMS_STATE_WRITE"],
  ["Read-only file system: Attempting to setup locks", errno.EROFS, "DISK_DENIED"],
  ["Permission denied", errno.EACCES, "DISK_DENIED"],
  ["Too many open files", errno.EMFILE, "DISK_TOO_MANY_OPEN"],
  ["Cannot allocate memory", errno.ENOMEM, "DISK_IO"],
  ["Input/output error", errno.EIO, "DISK_IO"],
  ["MDB_INVALID: File is not an LMDB file", -30_793, "STREAMS_STATE_CORRUPTED"],
  ["something without a code", undefined, "STREAMS_STATE_CORRUPTED"],
] as const) {
  test(`state that cannot be opened, since ${message}, is ${said === "STREAMS_STATE_CORRUPTED" ? "made again" : "left as it is"}`, () => {
    const error = unusable("/state/1_0", Object.assign(new Error(message), code === undefined ? {} : { code }));
    assert.equal(error.code, said);
    assert.match(error.message, said === "STREAMS_STATE_CORRUPTED" ? /Remove it/ : /What is there stays as it is\.$/);
    assert.ok(error.message.includes("/state/1_0") && error.message.includes(message));
  });
}
