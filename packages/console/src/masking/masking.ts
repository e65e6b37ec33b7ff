import { randomBytes } from "node:crypto";
import { OttlaError } from "@ottla/base";
import type { Visitor } from "../access/visitor.ts";
import { Masker } from "./masker.ts";
import type { MaskingRules } from "./masking-rules.ts";

type Seer = Pick<Visitor, "role" | "how">;

/** What is hidden from whom. */
export class Masking {
  #rules: MaskingRules | undefined;
  /** Of hashes, where the rules have none. */
  readonly #ownKey = randomBytes(32);
  /** By role; for who did not log in under "nobody". */
  readonly #maskers = new Map<string, Masker | undefined>();

  constructor(rules: MaskingRules | undefined) {
    this.#rules = rules;
  }

  /** From now on these hold, also for what is being read already. */
  replace(rules: MaskingRules): void {
    this.#rules = rules;
    this.#maskers.clear();
  }

  /** Undefined where nothing is hidden from a visitor. Where nobody logs in no rule has exceptions: a role that everybody has is none. */
  maskerFor({ role, how }: Seer): Masker | undefined {
    const who = how === "nobody-logs-in" ? "nobody" : role;
    if (this.#maskers.has(who)) return this.#maskers.get(who);
    const concerned = this.#rules?.rules.filter(({ unmaskedFor }) => who === "nobody" || !unmaskedFor.includes(role)) ?? [];
    const key = this.#rules?.hashKey === undefined ? this.#ownKey : Buffer.from(this.#rules.hashKey);
    const masker = concerned.length === 0 ? undefined : new Masker(concerned, key);
    this.#maskers.set(who, masker);
    return masker;
  }

  /** For what comes from elsewhere than a topic, so that no rule says what of it is to be hidden. Errors: `MASKED`. */
  requireUnmasked(seer: Seer, what: string): void {
    if (this.maskerFor(seer) !== undefined)
      throw new OttlaError(
        "MASKED",
        `${what} is not shown to whom masking rules hide something: it is of no topic, so that no rule could be applied.`,
      );
  }
}
