/** Each step of a chain, and each rule for topics, adds settings to what every validation looks at and answers. */
const NAMES_MAX = 100;
/** A name stands within names of settings. */
const NAME = /^[\p{L}\p{N}_.$-]{1,200}$/u;

/** Entries of a list. */
export function namesIn(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** What is wrong with a list whose entries name further settings: `transforms`, `predicates`, `topic.creation.groups`. Undefined: nothing. */
export function complaintOfNames(list: string, text: string | undefined): string | undefined {
  const names = namesIn(text);
  if (names.length > NAMES_MAX) return `${list} names ${names.length}, and at most ${NAMES_MAX} may be named.`;
  const odd = names.find((name) => !NAME.test(name));
  return odd === undefined
    ? undefined
    : `${list} names ${JSON.stringify(odd.slice(0, 40))}, which no setting can be named after; a name has letters, digits, dots, dashes and underscores.`;
}
