/** Attribute types that RFC 2253 has a word for. All others are written by their number. */
const WORDS: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.6": "C",
  "2.5.4.9": "STREET",
  "0.9.2342.19200300.100.1.25": "DC",
  "0.9.2342.19200300.100.1.1": "UID",
};

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;
const CONTEXT_0 = 0xa0;

/** One value of DER: what it is, what is in it, and all of it. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/**
 * The subject of a certificate (DER, as OpenSSL has checked it) in the form of RFC 2253, the last part first, as Java's `X500Principal.getName()` writes it: Kafka's principals and
 * mapping rules stand on it. OpenSSL reads more than DER: undefined for what is none.
 */
export function subjectOf(certificate: Buffer): string | undefined {
  try {
    return readSubject(certificate);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSubject(certificate: Buffer): string {
  const [signed] = children(elementAt(certificate, 0).content);
  const fields = signed === undefined ? [] : children(signed.content);
  // version (not always there), serial number, algorithm, issuer, validity, subject
  const subject = fields[fields[0]?.tag === CONTEXT_0 ? 5 : 4];
  if (subject === undefined) throw notDer();
  return children(subject.content)
    .reverse()
    .filter(({ tag }) => tag === SET)
    .map((set) => children(set.content).map(attributeText).join("+"))
    .join(",");
}

function attributeText({ tag, content }: Element): string {
  const [type, value] = tag === SEQUENCE ? children(content) : [];
  if (type?.tag !== OBJECT_IDENTIFIER || value === undefined) return "";
  const number = identifierText(type.content);
  const word = WORDS[number];
  const text = word === undefined ? undefined : stringOf(value);
  return text === undefined ? `${word ?? number}=#${value.whole.toString("hex")}` : `${word}=${escaped(text)}`;
}

function stringOf({ tag, content }: Element): string | undefined {
  switch (tag) {
    // UTF8String
    case 0x0c:
      return content.toString("utf8");
    // NumericString, PrintableString, TeletexString, IA5String, VisibleString
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
    case 0x1a:
      return content.toString("latin1");
    // BMPString
    case 0x1e:
      return Buffer.from(content.subarray(0, content.length & ~1))
        .swap16()
        .toString("utf16le");
    default:
      return undefined;
  }
}

function escaped(text: string): string {
  return text
    .replace(/[,=+"\\<>;]/g, "\\$&")
    .replace(/^#/, "\\#")
    .replace(/^ +| +$/g, (spaces) => "\\ ".repeat(spaces.length));
}

function identifierText(content: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const first = numbers.shift() ?? 0;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...numbers].join(".");
}

function children(content: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length; at += found.at(-1)!.whole.length) found.push(elementAt(content, at));
  return found;
}

function elementAt(bytes: Buffer, at: number): Element {
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
  // A length that is nowhere, that goes before zeros, or that would do with one byte.
  if (first === 0x80 || sizeBytes > 4 || (sizeBytes > 0 && bytes.readUInt8(at + 2) === 0)) throw notDer();
  const byteLength = sizeBytes === 0 ? first : bytes.readUIntBE(at + 2, sizeBytes);
  const start = at + 2 + sizeBytes;
  const end = start + byteLength;
  if (end > bytes.length || (sizeBytes === 1 && first === 0x81 && byteLength < 0x80)) throw notDer();
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

function notDer(): RangeError {
  return new RangeError("A certificate's field is not written in DER.");
}
