export { bracketed, formatAddress, hostPort, sameAddress, type Address, type Flow, type Protocol } from "./address.ts";
export { parseImpairment, type Impairment, type ImpairOptions } from "./impairment.ts";
export type { ListenAddress } from "./listen.ts";
export { localAddressTowards } from "./local-address.ts";
export type {
  ConnectOptions,
  DatagramHandler,
  DatagramSocket,
  Network,
  StreamConnection,
  StreamHandler,
  StreamListener,
  TlsConnectOptions,
} from "./network.ts";
export { nodeNetwork } from "./node-network.ts";
export { defaultPort, systemResolver, type Resolver, type ResolveTarget } from "./resolver.ts";
export { isUdpPortClosed } from "./udp-probe.ts";
export type { Tap, TapEntry, TapNote } from "./tap.ts";
export type { TransportCounters, TransportHandler } from "./transport-handler.ts";
export { TransportLayer, type TransportOptions } from "./transport-layer.ts";
export type { Rewrite, WireControls, WireRule, WireRuleOptions } from "./wire-controls.ts";
export { parseWireMatch, type WireMatch } from "./wire-match.ts";
export { TemporaryAuthority, type MadeCertificate } from "./temporary-authority.ts";
export { STREAM_LIMITS } from "./stream-limits.ts";
export type { TlsClientOptions, TlsCredentials, TlsServerOptions, TlsVersion } from "./tls-options.ts";
export type { TlsClientSettings, TlsServerSettings } from "./tls-settings.ts";
