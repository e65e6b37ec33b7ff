import { ErrorCode, KafkaError } from "@ottla/protocol";
import { ClientError } from "../../client-error.ts";
import { isEnding } from "../../lifetime.ts";
import type { ProducerIdentity } from "../partition-sequences.ts";
import { judgeTransactionAnswer, worstOf } from "./judge-transaction-answer.ts";
import { TransactionContents } from "./transaction-contents.ts";
import { isPossiblyWritten, type TransactionErrors } from "./transaction-errors.ts";
import type { OffsetsToSend, TransactionAnswer, TransactionRequest } from "./transaction-request.ts";

export type TransactionPhase =
  | "uninitialised"
  | "initialising"
  | "ready"
  | "inTransaction"
  | "committing"
  | "aborting"
  | "abortableError"
  | "fatalError";

/** From this transaction.version on the first batch adds its partition by itself, and the end of a transaction brings the next epoch (KIP-890). */
const EPOCH_PER_TRANSACTION_VERSION = 2;

/** What is known of the cluster from the coordinator's ApiVersions. */
export interface CoordinatorFacts {
  /** The finalised level of the feature. */
  readonly transactionVersion: number;
  /** InitProducerId takes an identity (KIP-360). */
  readonly canBumpEpoch: boolean;
}

/** How a conversation goes on: with what is next, or with the same request again, of the same coordinator or of one to be looked up. */
export type ConversationStep = "next" | "again" | "lookUp";

/**
 * The state of a transactional producer: what the application may do now, and what has to be said to a coordinator next. No clock, no socket: calls and answers
 * come in, requests go out by {@link next}, one at a time. States and transitions as in Java's TransactionManager.
 */
export class TransactionMachine {
  readonly #errors: TransactionErrors;
  #phase: TransactionPhase = "uninitialised";
  #identity: ProducerIdentity | undefined;
  #facts: CoordinatorFacts | undefined;
  /** Of the transaction that is open, or of the next one. */
  #transactionVersion = 0;
  /** Numbers of batches cannot be trusted after this transaction: the next one needs another epoch. */
  #needsBump = false;
  /** Whether the coordinator has the transaction. */
  #begun: "no" | "perhaps" | "yes" = "no";
  #isFlushed = false;
  #isCommitUnheard = false;
  #error: Error | undefined;
  readonly #contents = new TransactionContents();

  constructor(errors: TransactionErrors) {
    this.#errors = errors;
  }

  get phase(): TransactionPhase {
    return this.#phase;
  }

  get identity(): ProducerIdentity | undefined {
    return this.#identity;
  }

  /** Why the transaction, or the producer, failed; or why the cluster refused to begin. */
  get error(): Error | undefined {
    return this.#error;
  }

  get transactionVersion(): number {
    return this.#transactionVersion;
  }

  /** Each transaction has an epoch of its own, and brokers add partitions by themselves. */
  get hasEpochPerTransaction(): boolean {
    return this.#transactionVersion >= EPOCH_PER_TRANSACTION_VERSION;
  }

  /** Records that were handed in before still belong to it. */
  get mayGrow(): boolean {
    return this.#phase === "inTransaction" || this.#phase === "committing";
  }

  /** A commit was asked for and nobody has heard how it ended. */
  get isCommitUnheard(): boolean {
    return this.#isCommitUnheard;
  }

  /** In a few words, for tests and logs. */
  describe(): string {
    const who = this.#identity === undefined ? "nobody" : `${this.#identity.producerId}/${this.#identity.producerEpoch}`;
    const marks = [
      this.#begun === "no" ? "" : `begun: ${this.#begun}`,
      this.#needsBump ? "needs another epoch" : "",
      this.#error === undefined ? "" : `error: ${"code" in this.#error ? String(this.#error.code) : this.#error.message}`,
    ];
    return [`${this.#phase} as ${who}`, ...marks.filter((mark) => mark !== "")].join(", ");
  }

  initialise(): void {
    if (this.#phase === "uninitialised") this.#phase = "initialising";
    this.#throwIfFatal();
  }

  /** Throws `ClientError` TRANSACTION_STATE. */
  begin(): void {
    this.#throwIfFatal();
    if (this.#isCommitUnheard)
      throw this.#errors.state("The outcome of the last commit was not waited for; call commit() again before begin()");
    if (this.#phase !== "ready") throw this.#errors.state(`${REASONS[this.#phase]}, so no other can be begun`);
    this.#phase = "inTransaction";
  }

  /** Throws unless a record may be handed in now: `ClientError` TRANSACTION_STATE, TRANSACTION_FAILED and what is fatal. */
  checkOpen(what: string): void {
    this.#throwIfFatal();
    if (this.#phase === "inTransaction") return;
    if (this.#phase === "abortableError") throw this.#errors.failed(this.#error!);
    throw this.#errors.state(`${REASONS[this.#phase]}; ${what}`);
  }

  /** A batch was begun for the partition. */
  use(topic: string, partition: number): void {
    if (!this.mayGrow) return;
    const isNew = this.#contents.use(topic, partition, this.hasEpochPerTransaction);
    if (isNew && this.hasEpochPerTransaction) this.#begin("perhaps");
  }

  /** A batch for the partition may be sent. */
  admits(topic: string, partition: number): boolean {
    if (this.#phase === "fatalError") return false;
    return this.hasEpochPerTransaction || this.#contents.hasAdded(topic, partition);
  }

  /** Returns a number for {@link isSent}. */
  addOffsets(toSend: OffsetsToSend): number {
    this.checkOpen("begin one before you send offsets");
    return this.#contents.addOffsets(toSend);
  }

  /** The coordinator of the group has them. */
  isSent(offsetsId: number): boolean {
    return this.#contents.isSent(offsetsId);
  }

  /** Throws as {@link checkOpen}. Going on with a commit is not for this method. */
  commit(): void {
    this.checkOpen("there is nothing to commit");
    this.#phase = "committing";
    this.#isFlushed = false;
    this.#isCommitUnheard = true;
  }

  /** Who committed has been told how it went, or knows that it was in vain. */
  commitHeard(): void {
    this.#isCommitUnheard = false;
  }

  abort(): void {
    this.#throwIfFatal();
    if (this.#phase === "committing") throw this.#errors.state("A commit is under way and its outcome is not known; call commit() again");
    if (this.#phase !== "inTransaction" && this.#phase !== "abortableError")
      throw this.#errors.state(`${REASONS[this.#phase]}; there is nothing to abort`);
    this.#phase = "aborting";
    this.#isFlushed = false;
    this.#isCommitUnheard = false;
    this.#contents.giveUp();
  }

  /** All batches of the transaction are decided. */
  flushed(): void {
    this.#isFlushed = true;
  }

  /** A record handed in was not written. `wasSent`: it had gone out under a number. Returns the error to tell whoever waits for it. */
  recordFailed(error: Error, wasSent: boolean): Error {
    if (this.#phase === "fatalError") return this.#error!;
    if (wasSent && error instanceof KafkaError && error.fatal && error.errorCode !== ErrorCode.INVALID_PRODUCER_EPOCH)
      return this.#failForGood(error);
    if (wasSent && !this.hasEpochPerTransaction) {
      if (this.#facts?.canBumpEpoch === false && isPossiblyWritten(error)) return this.#failForGood(error);
      this.#needsBump = true;
    }
    if (this.mayGrow) this.#fail(error);
    const isInDoomed = this.#phase === "abortableError" || this.#phase === "aborting";
    // Who ended the wait, or closed the producer, is told just that.
    return isInDoomed && !isEnding(error) ? this.#errors.failed(error) : error;
  }

  /** What the coordinator's ApiVersions says, before each request to it. */
  noteCoordinator(facts: CoordinatorFacts): void {
    this.#facts = facts;
    if (this.#identity === undefined) this.#transactionVersion = facts.transactionVersion;
  }

  /** What has to be said next; undefined: nothing now. */
  next(): TransactionRequest | undefined {
    const identity = this.#identity!;
    switch (this.#phase) {
      case "initialising":
        return { kind: "InitProducerId", identity: this.#identity };
      case "inTransaction":
      case "committing":
        return this.#nextToAdd() ?? (this.#phase === "committing" ? this.#nextEnd(identity, true) : undefined);
      case "aborting":
        return this.#nextEnd(identity, false);
      case "uninitialised":
      case "ready":
      case "abortableError":
      case "fatalError":
        return undefined;
    }
  }

  /** Takes the answer to what {@link next} gave. */
  answered(request: TransactionRequest, answer: TransactionAnswer): ConversationStep {
    if (this.#phase === "fatalError") return "next";
    const partitions = answer.partitions ?? [];
    const worst = worstOf(request.kind, [answer.errorCode, ...partitions.map(({ errorCode }) => errorCode)]);
    if (request.kind === "TxnOffsetCommit" && (worst.verdict === "again" || worst.verdict === "lookUp"))
      this.#contents.offsetsPartlySent(request.toSend, partitions);
    if (worst.verdict === "done" || this.#isNothingToAbort(request, worst.errorCode)) {
      this.#done(request, answer);
      return "next";
    }
    if (worst.verdict === "again" || worst.verdict === "lookUp") return this.#stillWanted(request) ? worst.verdict : "next";
    const place = partitions.find(({ errorCode }) => errorCode === worst.errorCode);
    this.#refused(worst.verdict, this.#errors.refusal(request, worst.errorCode, place));
    return "next";
  }

  /** No answer came, or the coordinator could not be found. Whether the request was carried out is not known. */
  unanswered(request: TransactionRequest, error: Error): ConversationStep {
    if (this.#phase === "fatalError") return "next";
    if (error instanceof ClientError && error.retriable) return this.#stillWanted(request) ? "lookUp" : "next";
    if (!(error instanceof KafkaError)) {
      this.#failForGood(error);
      return "next";
    }
    if (error.retriable) return this.#stillWanted(request) ? "lookUp" : "next";
    this.#refused(judgeTransactionAnswer(request.kind, error.errorCode), error);
    return "next";
  }

  #nextToAdd(): TransactionRequest | undefined {
    const identity = this.#identity!;
    const { partitionsToAdd, offsetsToSend } = this.#contents;
    if (partitionsToAdd.length === 0 && offsetsToSend === undefined) return undefined;
    this.#begin("perhaps");
    if (partitionsToAdd.length > 0) return { kind: "AddPartitionsToTxn", identity, partitions: [...partitionsToAdd] };
    const toSend = offsetsToSend!;
    if (!this.hasEpochPerTransaction && !this.#contents.hasGroup(toSend.groupId))
      return { kind: "AddOffsetsToTxn", identity, groupId: toSend.groupId };
    return { kind: "TxnOffsetCommit", identity, toSend, transactionVersion: this.#transactionVersion };
  }

  #nextEnd(identity: ProducerIdentity, isCommit: boolean): TransactionRequest | undefined {
    if (!this.#isFlushed) return undefined;
    if (this.#begun !== "no") return { kind: "EndTxn", identity, isCommit, transactionVersion: this.#transactionVersion };
    this.#completed(undefined);
    return this.next();
  }

  /** A request need not be repeated when the application has given up what it was for. */
  #stillWanted({ kind }: TransactionRequest): boolean {
    return kind === "InitProducerId" || kind === "EndTxn" || this.mayGrow;
  }

  #done(request: TransactionRequest, answer: TransactionAnswer): void {
    switch (request.kind) {
      case "InitProducerId":
        this.#identity = answer.identity;
        this.#transactionVersion = this.#facts?.transactionVersion ?? this.#transactionVersion;
        this.#needsBump = false;
        this.#error = undefined;
        this.#phase = "ready";
        return;
      case "AddPartitionsToTxn":
        this.#begin("yes");
        this.#contents.partitionsAdded(request.partitions);
        return;
      case "AddOffsetsToTxn":
        this.#begin("yes");
        this.#contents.groupAdded(request.groupId);
        return;
      case "TxnOffsetCommit":
        this.#begin("yes");
        this.#contents.offsetsSent(request.toSend);
        return;
      case "EndTxn":
        this.#completed(answer.identity);
        return;
    }
  }

  #begin(begun: "perhaps" | "yes"): void {
    if (this.#begun !== "yes") this.#begun = begun;
  }

  /** Under the classic protocol a transaction that may not have come to be cannot be told from one that did, until its abort is refused. */
  #isNothingToAbort(request: TransactionRequest, errorCode: number): boolean {
    const isAbort = request.kind === "EndTxn" && !request.isCommit;
    return isAbort && !this.hasEpochPerTransaction && this.#begun === "perhaps" && errorCode === ErrorCode.INVALID_TXN_STATE;
  }

  #completed(identity: ProducerIdentity | undefined): void {
    if (identity !== undefined) {
      this.#identity = identity;
      this.#needsBump = false;
    }
    const isUpgrade = !this.hasEpochPerTransaction && (this.#facts?.transactionVersion ?? 0) >= EPOCH_PER_TRANSACTION_VERSION;
    const mustBump = (this.#needsBump && this.#facts?.canBumpEpoch !== false) || isUpgrade;
    this.#transactionVersion = this.#facts?.transactionVersion ?? this.#transactionVersion;
    this.#phase = mustBump ? "initialising" : "ready";
    this.#needsBump = mustBump;
    this.#error = undefined;
    this.#begun = "no";
    this.#contents.clear();
  }

  #refused(verdict: string, error: Error): void {
    if (verdict === "refused") {
      this.#phase = "uninitialised";
      this.#error = error;
    } else if (verdict === "abortableByBump" && this.#facts?.canBumpEpoch !== false) {
      this.#needsBump ||= !this.hasEpochPerTransaction;
      this.#fail(error);
    } else if (verdict === "abortable") this.#fail(error);
    else this.#failForGood(verdict === "fenced" ? this.#errors.fenced(error) : error);
  }

  #fail(error: Error): void {
    this.#phase = "abortableError";
    this.#error = error;
    this.#contents.giveUp();
  }

  #failForGood(error: Error): Error {
    this.#phase = "fatalError";
    this.#error = error instanceof ClientError && error.fatal ? error : this.#errors.fatal(error);
    this.#contents.giveUp();
    return this.#error;
  }

  #throwIfFatal(): void {
    if (this.#phase === "fatalError") throw this.#error!;
  }
}

const REASONS: Readonly<Record<TransactionPhase, string>> = {
  uninitialised: "No transaction was begun",
  initialising: "No transaction was begun",
  ready: "No transaction was begun",
  inTransaction: "A transaction is open",
  committing: "A transaction is being committed",
  aborting: "A transaction is being aborted",
  abortableError: "A transaction has failed and waits for its abort",
  fatalError: "The producer has failed",
};
