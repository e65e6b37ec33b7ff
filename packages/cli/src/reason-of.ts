/** What the system says of a file or folder, in words. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "There is no such file or folder.";
  if (code === "EACCES" || code === "EPERM") return "It may not be read.";
  return `It cannot be read (${code ?? (error as Error).message}).`;
}
