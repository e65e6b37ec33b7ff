/** What bytes were taken for; see `Decoded` of the API. */
export interface ShownBytes {
  readonly format: string;
  readonly why: string;
  readonly text: string;
  readonly base64?: string | undefined;
  readonly sizeBytes: number;
  readonly isCut: boolean;
  /** The text is not what the bytes are. */
  readonly isTranslated?: boolean;
}

/** Why a record is a dead letter; see `LetterStory` of the expert. */
interface ShownStory {
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly groupId: string;
  readonly attempts: number;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly errorStack?: string;
  readonly connect?: { readonly connector: string; readonly task?: number; readonly stage?: string; readonly field?: string };
}

/** A header; `isExact`: its text is its bytes, all of them. */
interface ShownHeader {
  readonly key: string;
  readonly value: string | null;
  readonly why: string | null;
  readonly isExact: boolean;
}

/** A record as the API tells it. */
export interface ShownRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: ShownBytes;
  readonly value: ShownBytes;
  /** Of a dead letter. */
  readonly story?: ShownStory;
  /** The first hundred of them. */
  readonly headers: readonly ShownHeader[];
  readonly headerCount: number;
}

/** Whether all bytes are in what is shown. */
export function isWhole({ format, isCut, isTranslated, base64 }: ShownBytes): boolean {
  if (format === "null" || format === "empty") return true;
  return base64 !== undefined || (!isCut && isTranslated !== true && (format === "json" || format === "text"));
}

/** Whether a list shows all that a record has. */
export function isAllShown({ key, value, headers, headerCount }: ShownRecord): boolean {
  return isWhole(key) && isWhole(value) && headerCount === headers.length && headers.every(({ isExact }) => isExact);
}
