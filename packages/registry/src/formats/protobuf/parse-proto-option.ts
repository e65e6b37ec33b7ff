import type { OptionValue, ProtoOption } from "./proto-file.ts";
import type { ProtoTokens } from "./proto-tokens.ts";

/** Messages and lists inside each other in an option's value. */
const MAX_OPTION_DEPTH = 32;

/** `option NAME = VALUE;` */
export function parseOptionStatement(tokens: ProtoTokens): ProtoOption {
  tokens.advance();
  const option = parseOption(tokens);
  tokens.expect(";");
  return option;
}

/** In brackets behind a field, a constant, a range; none without brackets. */
export function parseOptions(tokens: ProtoTokens): readonly ProtoOption[] {
  const options: ProtoOption[] = [];
  if (!tokens.accept("[")) return options;
  do options.push(parseOption(tokens));
  while (tokens.accept(","));
  tokens.expect("]");
  return options;
}

/** `(a.b).c.(d) = value`, as it stands in brackets and behind the word `option`. */
function parseOption(tokens: ProtoTokens): ProtoOption {
  const { at } = tokens;
  tokens.count();
  const name = parseOptionName(tokens);
  tokens.expect("=");
  return { at, name, value: parseOptionValue(tokens, 0) };
}

function parseOptionName(tokens: ProtoTokens): string {
  let name = "";
  do {
    if (name !== "") name += ".";
    if (tokens.accept("(")) {
      name += `(${tokens.typeName()})`;
      tokens.expect(")");
    } else name += tokens.name("the name of an option");
  } while (tokens.accept("."));
  return name;
}

function parseOptionValue(tokens: ProtoTokens, depth: number): OptionValue {
  tokens.count();
  if (depth > MAX_OPTION_DEPTH)
    throw tokens.error(`an option's value has more than ${MAX_OPTION_DEPTH} messages and lists inside each other`);
  if (tokens.kind === "string") return { kind: "string", escaped: tokens.string("a string") };
  if (tokens.isSign("{") || tokens.isSign("<")) return parseAggregate(tokens, depth);
  if (tokens.accept("[")) {
    const values: OptionValue[] = [];
    while (!tokens.accept("]")) {
      if (values.length > 0) tokens.expect(",");
      values.push(parseOptionValue(tokens, depth + 1));
    }
    return { kind: "list", values };
  }
  const sign = tokens.accept("-") ? "-" : tokens.accept("+") ? "+" : "";
  if (tokens.kind !== "word" && tokens.kind !== "number") throw tokens.error(`expected the value of an option, found ${tokens.shown()}`);
  return { kind: "word", text: (sign === "-" ? "-" : "") + tokens.take() };
}

/** The text format of messages. */
function parseAggregate(tokens: ProtoTokens, depth: number): OptionValue {
  const end = tokens.take() === "{" ? "}" : ">";
  const fields: { name: string; value: OptionValue }[] = [];
  while (!tokens.accept(end)) {
    let name: string;
    if (tokens.accept("[")) {
      name = tokens.typeName();
      while (tokens.accept("/")) name += `/${tokens.typeName()}`;
      tokens.expect("]");
      name = `[${name}]`;
    } else name = tokens.name("a field of the option's value");
    const isMessage = tokens.isSign("{") || tokens.isSign("<");
    if (!tokens.accept(":") && !isMessage) throw tokens.error(`expected ":" behind "${name}", found ${tokens.shown()}`);
    fields.push({ name, value: parseOptionValue(tokens, depth + 1) });
    if (!tokens.accept(",")) tokens.accept(";");
  }
  return { kind: "message", fields };
}
