/** The first byte of every TLS connection: a record of the handshake. No request of Kafka's begins so: it would have 350 MB. */
const HANDSHAKE_RECORD = 0x16;
const RECORD_HEAD_BYTES = 5;
/** No record of the handshake has more behind its head. */
const RECORD_BODY_BYTES_MAX = 16 * 1024;
const CLIENT_HELLO = 1;
/** The kind of a handshake's message, and its length in three bytes. */
const MESSAGE_HEAD_BYTES = 4;
/** A client's first message. OpenSSL takes twenty times as much, and makes room for what is announced; clients have one or two KiB, and four with a ticket that holds their certificate. */
export const HELLO_BYTES_MAX = 6 * 1024;
/** Records that it may come in; clients have one, or three where they mean to get past a middlebox. */
export const HELLO_RECORDS_MAX = 32;
/** The first message with its records' heads, and what may have come behind it. */
const COLLECTED_BYTES_MAX = 16 * 1024;

/** What the bytes are with which a connection begins. */
export type Beginning =
  /** More must come before anything can be said. */
  | { readonly kind: "partial" }
  /** A whole ClientHello. */
  | { readonly kind: "whole" }
  /** TLS, and something that OpenSSL refuses as soon as it sees it. */
  | { readonly kind: "refusable" }
  | { readonly kind: "plaintext" }
  /** A ClientHello such as no client has; `what` goes on from "The client's first message". */
  | { readonly kind: "unfit"; readonly what: string };

const PARTIAL: Beginning = { kind: "partial" };
const WHOLE: Beginning = { kind: "whole" };
const REFUSABLE: Beginning = { kind: "refusable" };
const PLAINTEXT: Beginning = { kind: "plaintext" };

/** Looks at all that has come of a connection, which is one byte at least. Says `partial` of 16 KiB at most. */
export function judgeBeginning(bytes: Buffer): Beginning {
  if (bytes[0] !== HANDSHAKE_RECORD) return PLAINTEXT;
  const beginning = judgeRecords(bytes);
  if (bytes.length > COLLECTED_BYTES_MAX && beginning.kind !== "unfit")
    return { kind: "unfit", what: `has ${COLLECTED_BYTES_MAX} bytes and more with what came behind it` };
  return beginning;
}

function judgeRecords(bytes: Buffer): Beginning {
  let at = 0;
  let messageBytes = 0;
  let announcedBytes: number | undefined;
  for (let records = 1; ; records++) {
    const bodyAt = at + RECORD_HEAD_BYTES;
    if (bytes.length < bodyAt) return PARTIAL;
    const bodyBytes = bytes.readUInt16BE(at + 3);
    if (bytes[at] !== HANDSHAKE_RECORD || bodyBytes > RECORD_BODY_BYTES_MAX) return REFUSABLE;
    if (records > HELLO_RECORDS_MAX) return { kind: "unfit", what: `comes in more than ${HELLO_RECORDS_MAX} pieces` };
    if (announcedBytes === undefined) {
      if (bodyBytes < MESSAGE_HEAD_BYTES) return { kind: "unfit", what: `comes in pieces of less than ${MESSAGE_HEAD_BYTES} bytes` };
      if (bytes.length < bodyAt + MESSAGE_HEAD_BYTES) return PARTIAL;
      if (bytes[bodyAt] !== CLIENT_HELLO) return REFUSABLE;
      announcedBytes = MESSAGE_HEAD_BYTES + bytes.readUIntBE(bodyAt + 1, 3);
      if (announcedBytes > HELLO_BYTES_MAX) return { kind: "unfit", what: `has ${announcedBytes} bytes` };
    }
    at = bodyAt + bodyBytes;
    if (bytes.length < at) return PARTIAL;
    messageBytes += bodyBytes;
    if (messageBytes >= announcedBytes) return WHOLE;
  }
}
