/** The client's first message (RFC 5802, section 7). */
export interface ScramClientFirst {
  /** All before the part that is signed: `n,,`. */
  readonly gs2Header: string;
  /** The part that is signed. */
  readonly bare: string;
  readonly user: string;
  readonly authorizationId: string;
  readonly nonce: string;
  /** Names and values behind the nonce: `tokenauth=true`. */
  readonly extensions: ReadonlyMap<string, string>;
}

/** The client's last message. */
export interface ScramClientFinal {
  readonly channelBinding: string;
  readonly nonce: string;
  readonly proof: Buffer;
  /** All but the proof. */
  readonly withoutProof: string;
}

const SASL_NAME = String.raw`(?:[^,=]|=2C|=3D)+`;
/** Printable ASCII without the comma. */
const PRINTABLE = String.raw`[\x21-\x2b\x2d-\x7e]+`;
const CLIENT_FIRST = new RegExp(`^([ny],(?:a=(${SASL_NAME}))?,)(n=(${SASL_NAME}),r=(${PRINTABLE})((?:,[A-Za-z]+=[^,]+)*))$`);
const CLIENT_FINAL = new RegExp(`^(c=([A-Za-z0-9+/=]+),r=(${PRINTABLE})(?:,[A-Za-z]=[^,]+)*),p=([A-Za-z0-9+/]+={0,2})$`);
/** No nonce or name is longer. */
const MESSAGE_BYTES_MAX = 4096;

/** Reads it; undefined for what is none. Channel binding is not offered, so nobody may ask for it. */
export function readClientFirst(message: Buffer): ScramClientFirst | undefined {
  const match = CLIENT_FIRST.exec(textOf(message));
  if (match === null) return undefined;
  const [, gs2Header = "", authorizationId = "", bare = "", user = "", nonce = "", extensions = ""] = match;
  return {
    gs2Header,
    bare,
    user: plainName(user),
    authorizationId: plainName(authorizationId),
    nonce,
    extensions: new Map(
      extensions
        .split(",")
        .slice(1)
        .map((extension) => [extension.slice(0, extension.indexOf("=")), extension.slice(extension.indexOf("=") + 1)]),
    ),
  };
}

/** Reads it; undefined for what is none. */
export function readClientFinal(message: Buffer): ScramClientFinal | undefined {
  const match = CLIENT_FINAL.exec(textOf(message));
  if (match === null) return undefined;
  const [, withoutProof = "", channelBinding = "", nonce = "", proof = ""] = match;
  return { channelBinding, nonce, proof: Buffer.from(proof, "base64"), withoutProof };
}

function textOf(message: Buffer): string {
  return message.length > MESSAGE_BYTES_MAX ? "" : message.toString("utf8");
}

function plainName(name: string): string {
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
