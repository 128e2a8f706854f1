import type { DrachtioEndpoint, EndpointOptions } from "../drachtio/index.ts";

/** Where a phone's own endpoint listens. */
export type Address = DrachtioEndpoint["addresses"][number];

/** The puppet strings of a phone: drop, delay, duplicate, rewrite, send raw octets. */
export type WireControls = DrachtioEndpoint["wire"];

/** Octets as they crossed the wire of a phone's endpoint. */
export type TapEntry = Parameters<NonNullable<EndpointOptions["tap"]>>[0];
