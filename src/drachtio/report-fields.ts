import type { Clock } from "../core/clock.ts";
import type { Address, Flow } from "../sip/index.ts";

/** UTC time of day, `09:56:45.686000`. The clock has milliseconds; the form has microseconds. */
export function timeOfDay(clock: Clock): string {
  const ms = Math.floor(clock.wallTime());
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = `${twoDigits(Math.floor(minutes / 60) % 24)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  return `${time}.${String(1000 + (ms % 1000)).slice(1)}000`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Where a message went or came from, as drachtio's meta lines tell it. */
export interface Place {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** Of a message that never met the network: drachtio-srf applications tell made-up responses by it. */
export function nowhere(protocol: string): Place {
  return { protocol, host: "", port: 0 };
}

export interface Report {
  readonly octets: number;
  readonly place: Place;
  readonly time: string;
  readonly transactionId: string;
}

/** Fields of the echo of a request that was sent. */
export function requestEcho(report: Report): string[] {
  return ["OK", "application", ...facts(report), report.transactionId, "Msg sent:", ""];
}

/** Fields of the echo of a response that was sent. The dialog id stands where drachtio-srf looks for it (field 11). */
export function responseEcho(report: Report, dialogId: string): string[] {
  return ["OK", "application", ...facts(report), report.transactionId, dialogId, "", "Msg sent:", ""];
}

/** Fields of a request outside dialogs: the only ones that tell where it came in. */
export function newRequestFields(report: Report, receivedOn: Address): string[] {
  return ["sip", "network", ...facts(report), report.transactionId, "", receivedOn.host, String(receivedOn.port), ""];
}

/** Fields of a response, or of a request inside a dialog. */
export function messageFields(
  report: Report,
  dialogId: string,
  source: "network" | "application" = "network",
): string[] {
  return ["sip", source, ...facts(report), report.transactionId, dialogId, ""];
}

export function placeOf(flow: Flow): Place {
  return { protocol: flow.protocol, host: flow.remote.host, port: flow.remote.port };
}

function facts({ octets, place, time }: Report): string[] {
  return [String(octets), place.protocol, place.host, String(place.port), time];
}
