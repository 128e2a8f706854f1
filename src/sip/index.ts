export * from "./dialog/index.ts";
export { SipEngine, type EngineOptions, type SendOptions } from "./engine.ts";
export type { EngineCounters } from "./engine-counters.ts";
export * from "./message/index.ts";
export {
  ClientTransaction,
  DEFAULT_TIMERS,
  giveUpMs,
  ServerTransaction,
  type ClientHandler,
  type FailureReason,
  type RouteOptions,
  type TimerSettings,
  type TransactionUser,
} from "./transaction/index.ts";
export * from "./transport/index.ts";
export type { TryingMode } from "./uas-core.ts";
