import { ByteReader, MalformedBytesError } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";

/** Reads the value of a coordinator's record: its version as an int16, then its fields. Errors: `MALFORMED_BYTES`, also for a version that is not known. */
export function readRecordValue<Value>(codec: DataMessage<Value>, bytes: Buffer): Value {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  if (version < codec.minVersion || version > codec.maxVersion) {
    throw new MalformedBytesError(
      `A ${codec.name} has version ${version}; this coordinator reads ${codec.minVersion} to ${codec.maxVersion}.`,
    );
  }
  return codec.read(reader, version);
}
