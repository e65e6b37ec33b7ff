import { ErrorCode } from "../errors/error-codes.ts";

/** Why a batch cannot be taken: an error code of the protocol and a sentence for the one who sent it. */
export interface BatchFault {
  readonly errorCode: number;
  readonly message: string;
  /** The records at fault where single ones are (`recordErrors` of a Produce answer); at most {@link RECORD_FAULTS_MAX} of them. */
  readonly records?: readonly RecordFault[];
}

/** One record that cannot be taken. */
export interface RecordFault {
  /** Place of the record in its batch, from 0. */
  readonly batchIndex: number;
  readonly message: string;
}

/** Apache Kafka lists all; a batch may hold millions. */
export const RECORD_FAULTS_MAX = 100;

/** The bytes are no batch, or damaged. */
export function corrupt(message: string): BatchFault {
  return { errorCode: ErrorCode.CORRUPT_MESSAGE, message };
}

/** The batch says what it may not say. */
export function invalid(message: string): BatchFault {
  return { errorCode: ErrorCode.INVALID_RECORD, message };
}

/** What Apache Kafka answers where it met data that its codec cannot read. Producers give up, as they should. */
export function unreadable(message: string): BatchFault {
  return { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, message };
}
