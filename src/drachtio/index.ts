export { openDrachtioFront } from "./front.ts";
export type { DrachtioFront, FrontOptions } from "./front.ts";
export type {
  ConnectOptions,
  DrachtioEndpoint,
  EndpointCounters,
  EndpointOptions,
  HeaderStyle,
} from "./endpoint-options.ts";
