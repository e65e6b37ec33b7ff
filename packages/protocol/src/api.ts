import type { ByteReader, ByteWriter } from "@ottla/base";

/**
 * The codec of one API: every version of its request and response, one object type for all versions.
 * Fields a version lacks hold their defaults when read. Writing one that is set: dropped where the protocol calls it ignorable,
 * else a `KafkaError` UNSUPPORTED_VERSION. Reading throws nothing but `MalformedBytesError`.
 * The version must lie in `minVersion`..`maxVersion`; the caller checks.
 */
export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** The first version with compact lengths and tagged fields; `Infinity` where there is none. */
  readonly firstFlexibleVersion: number;
  readRequest(reader: ByteReader, version: number): Request;
  writeRequest(writer: ByteWriter, message: Request, version: number): void;
  readResponse(reader: ByteReader, version: number): Response;
  writeResponse(writer: ByteWriter, message: Response, version: number): void;
  /** As `writeResponse`, stopping after each element of its arrays of structs, inner and outer, so that writing a long one can rest. Absent where there are no such arrays. */
  writeResponseInSteps?(writer: ByteWriter, message: Response, version: number): Iterator<void, void>;
  /** As `readResponse`, stopping likewise, so that reading a long one can rest. Of answers that may be long and do not come all the time. */
  readResponseInSteps?(reader: ByteReader, version: number): Iterator<void, Response, void>;
}

/** The codec of a message that travels inside other bytes: consumer protocol, records of the internal topics. */
export interface DataMessage<Message> {
  readonly name: string;
  /** Of a coordinator's record: the type number that its key starts with (an int16). */
  readonly recordType: number | undefined;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly firstFlexibleVersion: number;
  read(reader: ByteReader, version: number): Message;
  write(writer: ByteWriter, message: Message, version: number): void;
}
