/** A process's id as {@link randomUuid} makes it. */
const PROCESS_AND_NUMBER = /^(.{22})-\d+$/;

/** As Java's: of one worker at a time. */
export function transactionalIdOf(applicationId: string, processId: string, number: number): string {
  return `${applicationId}-${processId}-${number}`;
}

/** Whose it is, if it is one of this application's. */
export function processIdIn(transactionalId: string, applicationId: string): string | undefined {
  const prefix = `${applicationId}-`;
  if (!transactionalId.startsWith(prefix)) return undefined;
  return PROCESS_AND_NUMBER.exec(transactionalId.slice(prefix.length))?.[1];
}
