// ListTransactions v0-2 (KIP-664). v1 filter by duration (KIP-994), v2 by a pattern of the id (KIP-1152). Lists the ids of the broker asked; clients ask each.
import { ErrorCode, madeWhenWritten } from "@ottla/protocol";
import {
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  listTransactionsApi,
  makeListTransactionsResponse,
  makeTransactionState,
} from "@ottla/protocol/apis/list-transactions";
import { isMet, need } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import type { Transaction } from "../transactions/transaction.ts";
import { transactionFilter } from "../transactions/transaction-filter.ts";

const MAY_SEE = need("DESCRIBE", "TRANSACTIONAL_ID", "each transactional id", { errorCode: ErrorCode.NONE, note: "else it is left out" });

export const listTransactionsHandler: Handler<ListTransactionsRequest, ListTransactionsResponse> = {
  api: listTransactionsApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: { needs: [MAY_SEE] },

  async handle({ broker, access, session: { nodeId } }, request) {
    const filter = await transactionFilter(request);
    if (filter.kind === "refused") return makeListTransactionsResponse({ errorCode: filter.errorCode });
    const nowMs = broker.clock.nowMs();
    const listed: { readonly transactionalId: string; readonly transaction: Transaction }[] = [];
    const errorCode = await broker.transactions.eachTransaction(nodeId, (transactionalId, transaction) => {
      if (filter.passes(transactionalId, transaction, nowMs) && isMet(access, MAY_SEE, transactionalId))
        listed.push({ transactionalId, transaction });
    });
    const transactionStates = madeWhenWritten(listed, ({ transactionalId, transaction: { producerId, state } }) =>
      makeTransactionState({ transactionalId, producerId, transactionState: state }),
    );
    return makeListTransactionsResponse({ errorCode, unknownStateFilters: filter.unknownStates, transactionStates });
  },
};
