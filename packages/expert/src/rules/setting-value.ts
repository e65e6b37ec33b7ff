import type { Setting } from "../catalogue/settings-catalogue.ts";

const INT32_MAX = 2 ** 31 - 1;
const INT16_MAX = 2 ** 15 - 1;

/** Durations of ISO 8601, as `auto.offset.reset=by_duration:` takes them. */
const DURATION = /^P(?=\d|T\d)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,9})?S)?)?$/i;

/** What is wrong with a value, as the rest of a sentence that begins with the key; undefined when nothing is. What cannot be judged from Kafka's words passes. */
export function valueProblem({ type, validator }: Setting, value: string): string | undefined {
  switch (type) {
    case "boolean":
      return /^(true|false)$/i.test(value) ? undefined : "must be true or false";
    case "int":
    case "long":
    case "short":
    case "double":
      return numberProblem(type, value) ?? boundsProblem(validator, Number(value));
    case "string":
      return choiceProblem(validator, value);
    case "list":
      return listProblem(validator, value);
    default:
      return undefined;
  }
}

function numberProblem(type: string, value: string): string | undefined {
  if (type === "double") return value !== "" && Number.isFinite(Number(value)) ? undefined : "must be a number";
  if (!/^[+-]?\d+$/.test(value)) return "must be a whole number, without a unit";
  const most = type === "int" ? INT32_MAX : type === "short" ? INT16_MAX : Number.POSITIVE_INFINITY;
  return Math.abs(Number(value)) > most + (value.startsWith("-") ? 1 : 0) ? `must be at most ${most}` : undefined;
}

/** Bounds as Kafka prints them: `[0,...]`, `[0,...,1]`, `[1,...,9] or -1`. */
function boundsProblem(validator: string | null, value: number): string | undefined {
  const [, least, most, other] = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\](?: or (-?\d+))?$/.exec(validator ?? "") ?? [];
  if (least === undefined || (other !== undefined && value === Number(other))) return undefined;
  if (value < Number(least)) return `must be at least ${least}`;
  return most !== undefined && value > Number(most) ? `must be at most ${most}` : undefined;
}

/** Choices as Kafka prints them: `[a, b]`, with `(case insensitive)` before them. */
function choicesOf(validator: string | null): { readonly choices: readonly string[]; readonly isCaseless: boolean } | undefined {
  const [, caseless, words] = /^(\(case insensitive\) )?\[([\w.:, /-]+)\]$/.exec(validator ?? "") ?? [];
  return words === undefined ? undefined : { choices: words.split(", "), isCaseless: caseless !== undefined };
}

function choiceProblem(validator: string | null, value: string): string | undefined {
  const found = choicesOf(validator);
  if (!found) return validator?.startsWith("non-empty string") && value === "" ? "must not be empty" : undefined;
  const { choices, isCaseless } = found;
  const isOne = choices.some((choice) => {
    // A release stands for the last version of its metadata.
    if (/^\d[\d.]*-IV\d+$/.test(choice) && choice.slice(0, choice.indexOf("-")) === value) return true;
    if (choice.startsWith("by_duration:")) return value.startsWith("by_duration:") && DURATION.test(value.slice("by_duration:".length));
    return isCaseless ? choice.toLowerCase() === value.toLowerCase() : choice === value;
  });
  return isOne ? undefined : `must be one of ${choices.filter((choice) => choice !== "null").join(", ")}`;
}

function listProblem(validator: string | null, value: string): string | undefined {
  const found = choicesOf(validator);
  if (!found || validator!.includes("partitionId")) return undefined;
  const odd = value
    .split(",")
    .map((word) => word.trim())
    .find((word) => word !== "" && !found.choices.includes(word));
  return odd === undefined ? undefined : `has "${odd}"; each must be one of ${found.choices.join(", ")}`;
}
