// ListTransactions v0-2 (KIP-664). v1 filter by duration (KIP-994), v2 by a pattern of the id (KIP-1152). Lists the ids of the broker asked; clients ask each.
import { madeWhenWritten } from "@ottla/protocol";
import {
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  listTransactionsApi,
  makeListTransactionsResponse,
  makeTransactionState,
} from "@ottla/protocol/apis/list-transactions";
import type { Handler } from "../handler.ts";
import type { Transaction } from "../transactions/transaction.ts";
import { transactionFilter } from "../transactions/transaction-filter.ts";

export const listTransactionsHandler: Handler<ListTransactionsRequest, ListTransactionsResponse> = {
  api: listTransactionsApi,
  minVersion: 0,
  maxVersion: 2,

  async handle({ broker, session: { nodeId } }, request) {
    const filter = await transactionFilter(request);
    if (filter.kind === "refused") return makeListTransactionsResponse({ errorCode: filter.errorCode });
    const nowMs = broker.clock.nowMs();
    const listed: { readonly transactionalId: string; readonly transaction: Transaction }[] = [];
    const errorCode = await broker.transactions.eachTransaction(nodeId, (transactionalId, transaction) => {
      if (filter.passes(transactionalId, transaction, nowMs)) listed.push({ transactionalId, transaction });
    });
    const transactionStates = madeWhenWritten(listed, ({ transactionalId, transaction: { producerId, state } }) =>
      makeTransactionState({ transactionalId, producerId, transactionState: state }),
    );
    return makeListTransactionsResponse({ errorCode, unknownStateFilters: filter.unknownStates, transactionStates });
  },
};
