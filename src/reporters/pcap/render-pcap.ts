import type { MessageLine, RunRecord, ScenarioRecord } from "../../results/index.ts";
import { MOST_PAYLOAD, tcpPacket, udpPacket, type End } from "./packets.ts";
import { fileHead, packetBlock } from "./pcapng.ts";

/**
 * The messages of a run as a capture file, for Wireshark, tshark and sngrep: in the order in which they were seen, each with
 * its scenario, rules and phone as the packet's comment. The packets around them are made up of the journal: streams have
 * no handshake, what went over TLS stands there as plain TCP. Secrets are masked, as in the journal.
 */
export function renderPcap({ start, scenarios }: RunRecord): Buffer {
  const streams = new Streams();
  const seen = scenarios
    .flatMap((scenario) => scenario.messages.filter(wasOnTheWire).map((message) => ({ scenario, message })))
    .sort((one, other) => one.message.at - other.message.at || one.message.index - other.message.index);
  const blocks = seen.flatMap(({ scenario, message }) =>
    packetsOf(message, streams).map((packet) => packetBlock(packet, message.at, commentOn(scenario, message))),
  );
  return Buffer.concat([fileHead(`offhook ${start.version}`, `run ${start.run}`), ...blocks]);
}

/** What a phone's own wire rule or impairment dropped never left it. */
function wasOnTheWire({ direction, notes }: MessageLine): boolean {
  return direction === "received" || !notes.includes("dropped");
}

function commentOn({ start }: ScenarioRecord, { endpoint, direction, protocol, notes }: MessageLine): string {
  const marks = [...notes, ...(protocol === "tls" ? ["TLS, shown decrypted"] : [])];
  const told = marks.length > 0 ? ` [${marks.join(", ")}]` : "";
  return `${start.rules.join(" ")} ${start.title}: ${direction} by ${endpoint}${told}`;
}

function packetsOf({ direction, protocol, local, remote, octets }: MessageLine, streams: Streams): Buffer[] {
  const [own, theirs] = [endOf(local), endOf(remote)];
  const [from, to] = direction === "sent" ? [own, theirs] : [theirs, own];
  const payload = Buffer.from(octets, "latin1");
  if (protocol === "udp") return [udpPacket(from, to, payload.subarray(0, MOST_PAYLOAD.udp))];
  return partsOf(payload).map((part) => tcpPacket(from, to, part, streams.next(from, to, part.length)));
}

function partsOf(payload: Buffer): Buffer[] {
  const most = MOST_PAYLOAD.tcp;
  const count = Math.ceil(payload.length / most);
  return Array.from({ length: count }, (_, part) => payload.subarray(part * most, (part + 1) * most));
}

/** @param text `host:port`, IPv6 in brackets. */
function endOf(text: string): End {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}

/** How many octets each end of each stream has sent. */
class Streams {
  readonly #sent = new Map<string, number>();

  next(from: End, to: End, length: number): { readonly sequence: number; readonly acknowledged: number } {
    const way = `${from.host} ${from.port} ${to.host} ${to.port}`;
    const sequence = this.#sent.get(way) ?? 0;
    this.#sent.set(way, sequence + length);
    return { sequence, acknowledged: this.#sent.get(`${to.host} ${to.port} ${from.host} ${from.port}`) ?? 0 };
  }
}
