/** Where a phone's own endpoint listens, what crossed its wire, and its puppet strings. */
export type { Address, TapEntry, WireControls } from "../sip/transport/index.ts";
