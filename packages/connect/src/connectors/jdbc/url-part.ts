/** A part of a URL as it is meant; undefined: a percent sign in it stands for nothing. */
export function decodedPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
