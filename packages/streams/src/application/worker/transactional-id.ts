/** A process's id as {@link randomUuid} makes it, and a worker's number. */
const PROCESS_AND_NUMBER = /^([A-Za-z0-9_-]{22})-([1-9]\d*)$/;
const UUID_BYTES = 16;

/** What a transactional id says of whose it is. */
export interface WorkerOfProcess {
  readonly processId: string;
  readonly number: number;
}

/** As Java's: of one worker at a time. */
export function transactionalIdOf(applicationId: string, processId: string, number: number): string {
  return `${applicationId}-${processId}-${number}`;
}

/** Whose it is, if it is one of this application's. Another program's may begin as they do: what stands where a process does has to be the random UUID that a process gives itself. */
export function workerIn(transactionalId: string, applicationId: string): WorkerOfProcess | undefined {
  const prefix = `${applicationId}-`;
  if (!transactionalId.startsWith(prefix)) return undefined;
  const [, processId, number] = PROCESS_AND_NUMBER.exec(transactionalId.slice(prefix.length)) ?? [];
  return processId === undefined || !isRandomUuid(processId) ? undefined : { processId, number: Number(number) };
}

/** All that {@link workerIn} may know, as a regular expression of RE2. */
export function patternOfWorkers(applicationId: string): string {
  return `${applicationId.replaceAll(/[^A-Za-z0-9_-]/g, "\\$&")}-.{22}-[0-9]+`;
}

function isRandomUuid(text: string): boolean {
  const bytes = Buffer.from(text, "base64url");
  return bytes.length === UUID_BYTES && bytes.toString("base64url") === text && bytes[6]! >> 4 === 4 && bytes[8]! >> 6 === 2;
}
