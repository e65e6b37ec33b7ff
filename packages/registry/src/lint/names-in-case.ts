/** Pairs of names that are one when case is not looked at, the second with the first that it is like. */
export function namesInCase(names: Iterable<string>): readonly (readonly [first: string, second: string])[] {
  const known = new Map<string, string>();
  const found: (readonly [string, string])[] = [];
  for (const name of names) {
    const folded = name.toLowerCase();
    const first = known.get(folded);
    if (first === undefined) known.set(folded, name);
    else if (first !== name) found.push([first, name]);
  }
  return found;
}
