export { ClientTransaction, type RequestWay, type RouteOptions } from "./client-transaction.ts";
export { InviteServerTransaction } from "./invite-server-transaction.ts";
export { serverKey } from "./matching.ts";
export { ServerRemnant } from "./remnant.ts";
export { ServerTransaction } from "./server-transaction.ts";
export { TimerEntry, TimerQueue } from "./timer-queue.ts";
export { DEFAULT_TIMERS, giveUpMs, type TimerSettings } from "./timer-settings.ts";
export { TransactionLayer, type TransactionLayerOptions } from "./transaction-layer.ts";
export type { ClientHandler, FailureReason, TransactionUser } from "./transaction-users.ts";
