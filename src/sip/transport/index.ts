export { bracketed, formatAddress, type Address, type Flow, type Protocol } from "./address.ts";
export { localAddressTowards } from "./local-address.ts";
export type {
  ConnectOptions,
  DatagramHandler,
  DatagramSocket,
  Network,
  StreamConnection,
  StreamHandler,
  StreamListener,
} from "./network.ts";
export { nodeNetwork } from "./node-network.ts";
export { defaultPort, systemResolver, type Resolver, type ResolveTarget } from "./resolver.ts";
export type { Tap, TapEntry, TapNote } from "./tap.ts";
export {
  TransportLayer,
  type ListenAddress,
  type TransportCounters,
  type TransportHandler,
  type TransportOptions,
} from "./transport-layer.ts";
export type { Rewrite, WireControls, WireRule, WireRuleOptions } from "./wire-controls.ts";
export { parseWireMatch, type WireMatch } from "./wire-match.ts";
