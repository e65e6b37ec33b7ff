import { createSecureContext } from "node:tls";

/** What a server agrees upon keys with, the best first, by OpenSSL's names and the numbers of RFC 8446 and its followers. */
const GROUPS: readonly (readonly [name: string, number: number])[] = [
  ["X25519MLKEM768", 0x11ec],
  ["SecP256r1MLKEM768", 0x11eb],
  ["X25519", 29],
  ["P-256", 23],
  ["X448", 30],
  ["P-384", 24],
  ["P-521", 25],
  ["ffdhe2048", 256],
  ["ffdhe3072", 257],
];

/** Groups as OpenSSL takes them, and their numbers. */
export interface KeyGroups {
  /** `X25519:P-256`: one list of equals, so that OpenSSL takes whichever of them a client has sent its half of, and does not ask for a second hello. */
  readonly curves: string;
  readonly numbers: ReadonlySet<number>;
}

let known: KeyGroups | undefined;

/** Those that this Node's OpenSSL has: the ones with ML-KEM came with 3.5. */
export function keyGroups(): KeyGroups {
  if (known === undefined) {
    const groups = isKnown(namesOf(GROUPS)) ? GROUPS : GROUPS.filter(([name]) => isKnown(name));
    known = { curves: namesOf(groups), numbers: new Set(groups.map(([, number]) => number)) };
  }
  return known;
}

function isKnown(ecdhCurve: string): boolean {
  try {
    createSecureContext({ ecdhCurve });
    return true;
  } catch {
    return false;
  }
}

function namesOf(groups: typeof GROUPS): string {
  return groups.map(([name]) => name).join(":");
}
