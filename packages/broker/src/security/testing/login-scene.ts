import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { SimulatedClock } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { type ScramCredential, type ScramMechanism, ScramCredentials, scramMechanisms } from "../../metadata/scram-credentials.ts";
import { ClosedSignal } from "../../net/closed.ts";
import type { LoginOutcome } from "../audit/audit-trail.ts";
import { plainServer } from "../authentication/plain.ts";
import { SaslLogin } from "../authentication/sasl-login.ts";
import type { SaslMechanism } from "../authentication/sasl-mechanism.ts";
import { scramServer, type TokenLogins } from "../authentication/scram.ts";
import { credentialOf } from "../authentication/scram-secrets.ts";
import { principalText } from "../principal.ts";

export const [sha256, sha512] = scramMechanisms as [ScramMechanism, ScramMechanism];
export const SALT = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");

export const NO_TOKENS = { usable: () => undefined, saltOf: () => SALT.toString("base64"), credentialOf: () => Promise.resolve(undefined) };

interface SceneOptions {
  readonly maxReauthMs?: number;
  readonly failureDelayMs?: number;
  readonly tokens?: TokenLogins;
  /** Beside SCRAM and PLAIN. */
  readonly others?: readonly SaslMechanism[];
}

/** A listener's login with one user, alice, whose password is "pencil"; and a client's side of SCRAM. */
export function sceneOf(more: SceneOptions = {}) {
  const clock = new SimulatedClock();
  const closed = new ClosedSignal();
  const credentials = new ScramCredentials();
  for (const mechanism of [sha256, sha512])
    for (const user of ["alice", "bob"])
      credentials.apply({
        kind: "scram-credential",
        user,
        mechanism: mechanism.name,
        ...pencilCredential(mechanism),
      });
  let nonces = 0;
  credentials.apply({ kind: "scram-decoys", secret: "a secret" });
  const chance = { nonce: () => `server${nonces++}` };
  const mechanisms = new Map(
    [
      scramServer(sha256, credentials, more.tokens ?? NO_TOKENS, chance),
      scramServer(sha512, credentials, more.tokens ?? NO_TOKENS, chance),
      plainServer((user) => (user === "alice" ? "pencil" : undefined)),
      ...(more.others ?? []),
    ].map((mechanism) => [mechanism.name, mechanism]),
  );
  const principals: string[] = [];
  const reasons: string[] = [];
  const outcomes: LoginOutcome[] = [];
  const login = new SaslLogin(
    { mechanisms: () => mechanisms, maxReauthMs: () => more.maxReauthMs ?? 0, failureDelayMs: more.failureDelayMs ?? 0 },
    {
      clock,
      closed,
      giveUp: (reason) => void reasons.push(reason),
      authenticated: (principal) => void principals.push(principalText(principal)),
      ended: (outcome) => void outcomes.push(outcome),
    },
  );
  return { clock, closed, login, principals, reasons, outcomes, credentials };
}

export type Scene = ReturnType<typeof sceneOf>;

/** Of whoever has the password "pencil". */
export function pencilCredential(mechanism: ScramMechanism): ScramCredential {
  return credentialOf(mechanism, SALT, 4096, saltedPassword(mechanism, "pencil", 4096));
}

function saltedPassword({ hash, hashBytes }: ScramMechanism, password: string, iterations: number): Buffer {
  return pbkdf2Sync(password, SALT, iterations, hashBytes, hash);
}

interface Wish {
  readonly user?: string;
  readonly password?: string;
  readonly mechanism?: ScramMechanism;
  readonly header?: string;
  /** Behind the nonce, with a comma in front of each. */
  readonly extensions?: string;
  readonly changeFinal?: (final: string) => string;
  /** The one that the last message says that the first had; all of it is signed. */
  readonly lastHeader?: string;
  /** Said once more in front of the nonce. */
  readonly again?: string;
}

/** A whole SCRAM login; resolves to the last answer. */
export async function scram({ login }: Scene, wish: Wish = {}) {
  const { user = "alice", password = "pencil", mechanism = sha256, header = "n,,", extensions = "", again = "" } = wish;
  const shaken = login.handshake(mechanism.name, 1);
  assert.equal(shaken.errorCode, ErrorCode.NONE);
  const bare = `n=${user},r=client${extensions}`;
  const first = await login.token(Buffer.from(header + bare));
  if (first.errorCode !== ErrorCode.NONE) return { first, last: first, signature: "" };
  const serverFirst = first.bytes.toString();
  const [, nonce, salt, iterations] = /^r=(.+),s=(.+),i=(\d+)$/.exec(serverFirst)!;
  const salted = pbkdf2Sync(password, Buffer.from(salt!, "base64"), Number(iterations), mechanism.hashBytes, mechanism.hash);
  const clientKey = createHmac(mechanism.hash, salted).update("Client Key").digest();
  const withoutProof = `c=${Buffer.from(wish.lastHeader ?? header).toString("base64")},r=${again}${nonce}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const signature = createHmac(mechanism.hash, createHash(mechanism.hash).update(clientKey).digest()).update(authMessage).digest();
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString("base64");
  const { changeFinal = (final: string) => final } = wish;
  const last = await login.token(Buffer.from(changeFinal(`${withoutProof},p=${proof}`)));
  const serverKey = createHmac(mechanism.hash, salted).update("Server Key").digest();
  return { first, last, signature: `v=${createHmac(mechanism.hash, serverKey).update(authMessage).digest("base64")}` };
}
