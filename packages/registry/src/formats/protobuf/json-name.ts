/** The name that a field has in JSON when it is not given one: letters behind underscores become capital. */
export function defaultJsonName(name: string): string {
  let under = name.indexOf("_");
  // A schema may have a hundred thousand fields, and most names need no pattern.
  if (under < 0) return name;
  let json = "";
  let from = 0;
  while (under >= 0) {
    json += name.slice(from, under);
    from = under + 1;
    while (name[from] === "_") from++;
    if (from < name.length) json += name[from++]!.toUpperCase();
    under = name.indexOf("_", from);
  }
  return json + name.slice(from);
}
