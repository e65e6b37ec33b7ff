/** The name that a field has in JSON when it is not given one: letters behind underscores become capital. */
export function defaultJsonName(name: string): string {
  return name.replace(/_+([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase());
}
