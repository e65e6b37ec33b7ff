import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { failed, type SaslMechanism, type SaslStep } from "./sasl-mechanism.ts";
import { strangersWord } from "./strangers-word.ts";

/** The password of a user; undefined where there is no such user. */
export type PlainPasswords = (user: string) => string | undefined;

/** For comparing texts of any length in the same time. */
const key = randomBytes(32);

/** PLAIN (RFC 4616): one message, with the password in it. To be used over TLS alone. */
export function plainServer(passwords: PlainPasswords): SaslMechanism {
  return { name: "PLAIN", begin: () => ({ next: (message) => checkPlain(message, passwords) }) };
}

function checkPlain(message: Buffer, passwords: PlainPasswords): SaslStep {
  const parts = message.toString("utf8").split("\0");
  if (parts.length !== 3)
    return failed(
      `Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}`,
      `a PLAIN message has 3 parts, not ${parts.length}`,
    );
  const [authorizationId, user, password] = parts as [string, string, string];
  if (user === "") return failed("Authentication failed: username not specified", "the user name is empty");
  if (password === "") return failed("Authentication failed: password not specified", "the password is empty");
  const known = passwords(user);
  const isRight = isSameText(password, known ?? "");
  if (known === undefined) return failed(WRONG, `there is no PLAIN user ${strangersWord(user)}`);
  if (!isRight) return failed(WRONG, `wrong password for ${strangersWord(user)}`);
  if (authorizationId !== "" && authorizationId !== user)
    return failed(
      "Authentication failed: Client requested an authorization id that is different from username",
      "it asks to act as somebody else",
    );
  return { kind: "done", bytes: Buffer.alloc(0), user };
}

const WRONG = "Authentication failed: Invalid username or password";

function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(createHmac("sha256", key).update(a).digest(), createHmac("sha256", key).update(b).digest());
}
