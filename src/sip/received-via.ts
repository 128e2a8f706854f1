import { formatVia, type SipRequest, type Via } from "./message/index.ts";
import { defaultPort, type Address, type Flow } from "./transport/index.ts";

const EMPTY_RPORT = ";rport";
/** Several values on a line, quoted strings. */
const UNUSUAL = /[,"]/;

/**
 * Writes into the top Via of a request where it came from: `received` where sent-by does not say it (RFC 3261
 * §18.2.1), and the port where the client asked for it by an `rport` (RFC 3581 §4). What the client put there itself
 * is overwritten. A top Via that is true already stays untouched, octet for octet.
 * @param fillRport false: `rport` stays empty, as CUCM does it.
 */
export function fillReceivedVia(request: SipRequest, flow: Flow, fillRport: boolean): void {
  const via = request.topVia;
  const fillsRport = fillRport && via.parameters.has("rport");
  const told = via.parameters.has("received");
  if (!fillsRport && !told && via.host === flow.remote.host) return;
  const usual = fillsRport && !told ? usuallyFilled(request.get("Via") ?? "", flow.remote) : undefined;
  request.replaceFirst("Via", usual ?? filled(via, flow, fillsRport));
}

/**
 * The line of a Via as most clients write it, filled in where it stands; undefined for any other. Every request passes
 * here, and to write the Via from its parts takes four times as long.
 */
function usuallyFilled(line: string, source: Address): string | undefined {
  const end = line.indexOf(EMPTY_RPORT) + EMPTY_RPORT.length;
  const isUsual = end >= EMPTY_RPORT.length && (end === line.length || line[end] === ";") && !UNUSUAL.test(line);
  return isUsual ? `${line.slice(0, end)}=${source.port}${line.slice(end)};received=${source.host}` : undefined;
}

function filled(via: Via, flow: Flow, fillsRport: boolean): string {
  const parameters = new Map(via.parameters);
  if (fillsRport) parameters.set("rport", String(flow.remote.port));
  parameters.set("received", flow.remote.host);
  return formatVia({ protocol: via.protocol, host: via.host, port: via.port, parameters });
}

/**
 * Where the response to a request goes, by its top Via and the way it came (RFC 3261 §18.2.2, RFC 3581 §4): on a
 * stream back over the connection; else from the same socket to `maddr`, to the very source where `rport` was filled
 * in, or to the source address at the port of sent-by.
 */
export function responseTarget(via: Via, flow: Flow, fillRport: boolean): Flow {
  if (flow.protocol !== "udp") return flow;
  const maddr = via.parameters.get("maddr");
  if (maddr === undefined && fillRport && via.parameters.has("rport")) return flow;
  const port = via.port ?? defaultPort(flow.protocol);
  const host = maddr ?? flow.remote.host;
  if (host === flow.remote.host && port === flow.remote.port) return flow;
  return { ...flow, remote: { protocol: flow.protocol, host, port } };
}

/**
 * Where a response goes whose connection is gone: over a new one to the source address, at the port of sent-by. Where
 * sent-by named the host truly, that is the source address as well.
 */
export function fallbackTarget(via: Via, flow: Flow): Address {
  const { protocol } = flow;
  return { protocol, host: flow.remote.host, port: via.port ?? defaultPort(protocol) };
}
