import { parseOptionStatement } from "./parse-proto-option.ts";
import type { NamedType, ProtoMethod, ProtoOption, ProtoService } from "./proto-file.ts";
import type { ProtoTokens } from "./proto-tokens.ts";

/** A service, from its word on. */
export function parseService(tokens: ProtoTokens): ProtoService {
  tokens.count();
  const { at, leading } = tokens;
  tokens.advance();
  const name = tokens.name("the name of a service");
  const doc = tokens.beginBraces(leading);
  const [options, methods]: [ProtoOption[], ProtoMethod[]] = [[], []];
  while (!tokens.accept("}")) {
    if (tokens.accept(";")) continue;
    if (tokens.isWord("option")) options.push(parseOptionStatement(tokens));
    else if (tokens.isWord("rpc")) methods.push(parseMethod(tokens));
    else throw tokens.error(`expected rpc, option or "}" of the service ${name}, found ${tokens.shown()}`);
  }
  return { at, doc, name, options, methods };
}

function parseMethod(tokens: ProtoTokens): ProtoMethod {
  tokens.count();
  const { at, leading } = tokens;
  tokens.advance();
  const name = tokens.name("the name of a method");
  const input = parseMethodType(tokens);
  if (!tokens.acceptWord("returns")) throw tokens.error(`expected "returns", found ${tokens.shown()}`);
  const output = parseMethodType(tokens);
  const options: ProtoOption[] = [];
  let doc = leading;
  if (tokens.isSign("{")) {
    doc = tokens.beginBraces(leading);
    while (!tokens.accept("}")) {
      if (tokens.accept(";")) continue;
      if (!tokens.isWord("option")) throw tokens.error(`expected option or "}" of the method ${name}, found ${tokens.shown()}`);
      options.push(parseOptionStatement(tokens));
    }
  } else doc = tokens.endStatement(leading);
  return {
    at,
    doc,
    name,
    input: input.type,
    output: output.type,
    isClientStreaming: input.isStream,
    isServerStreaming: output.isStream,
    options,
  };
}

function parseMethodType(tokens: ProtoTokens): { readonly type: NamedType; readonly isStream: boolean } {
  tokens.expect("(");
  const { at } = tokens;
  const isStream = tokens.acceptWord("stream") && !tokens.isSign(")");
  const isNamedStream = !isStream && tokens.isSign(")") && tokens.at > at;
  const written = isNamedStream ? "stream" : tokens.typeName();
  tokens.expect(")");
  return { type: { kind: "named", at, written }, isStream };
}
