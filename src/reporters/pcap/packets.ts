import { isIPv6 } from "node:net";

/** Makes the IP packets in which a message would have travelled, of what a journal knows of it. */

export interface End {
  /** IPv4 or IPv6 address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const PROTOCOL = { tcp: 6, udp: 17 } as const;
const HOPS = 64;
const TCP_HEADER = 20;
const PUSH_AND_ACK = 0x18;
const WINDOW = 65_535;

/** Most octets of a message in one packet, whose length is written in 16 bits. */
export const MOST_PAYLOAD = { tcp: 65_000, udp: 65_507 } as const;

/** The 16 octets of an IPv6 address, or the 4 of an IPv4 address. */
function addressOctets(host: string): Buffer {
  if (!isIPv6(host)) return Buffer.from(host.split(".").map(Number));
  const [withoutZone = ""] = host.split("%");
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(withoutZone);
  const hex = (high = "0", low = "0"): string => ((Number(high) << 8) | Number(low)).toString(16);
  const text = mapped ? `${mapped[1] ?? ""}${hex(mapped[2], mapped[3])}:${hex(mapped[4], mapped[5])}` : withoutZone;
  const [front = "", back] = text.split("::");
  const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [head, tail] = [words(front), words(back ?? "")];
  const all = back === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return Buffer.from(all.map((word) => word.padStart(4, "0")).join(""), "hex");
}

/** The Internet checksum (RFC 1071) of parts of which each but the last has an even number of octets. */
function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const octets of parts) {
    for (let index = 0; index < octets.length; index += 2) {
      sum += ((octets[index] ?? 0) << 8) | (octets[index + 1] ?? 0);
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** RFC 791 §3.1, RFC 8200 §3. */
function ipHeader(source: Buffer, destination: Buffer, protocol: number, length: number): Buffer {
  if (source.length === 16) {
    const header = Buffer.alloc(8);
    header[0] = 0x60;
    header.writeUInt16BE(length, 4);
    header[6] = protocol;
    header[7] = HOPS;
    return Buffer.concat([header, source, destination]);
  }
  const header = Buffer.alloc(12);
  header[0] = 0x45;
  header.writeUInt16BE(20 + length, 2);
  header[8] = HOPS;
  header[9] = protocol;
  header.writeUInt16BE(checksum(header, source, destination), 10);
  return Buffer.concat([header, source, destination]);
}

/** @param checksumAt where in `header` the checksum of the whole is written. */
function inIp(from: End, to: End, protocol: number, header: Buffer, checksumAt: number, payload: Buffer): Buffer {
  const [source, destination] = [addressOctets(from.host), addressOctets(to.host)];
  const length = header.length + payload.length;
  const pseudo = Buffer.alloc(4);
  pseudo.writeUInt16BE(protocol, 0);
  pseudo.writeUInt16BE(length, 2);
  // 0 stands for "none" in UDP (RFC 768), where all ones mean the same sum.
  header.writeUInt16BE(checksum(source, destination, pseudo, header, payload) || 0xffff, checksumAt);
  return Buffer.concat([ipHeader(source, destination, protocol, length), header, payload]);
}

/** A message as a datagram. */
export function udpPacket(from: End, to: End, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt16BE(header.length + payload.length, 4);
  return inIp(from, to, PROTOCOL.udp, header, 6, payload);
}

/**
 * Part of a stream.
 * @param sequence octets that `from` has sent before.
 * @param acknowledged octets that `to` has sent before.
 */
export function tcpPacket(
  from: End,
  to: End,
  payload: Buffer,
  { sequence, acknowledged }: { readonly sequence: number; readonly acknowledged: number },
): Buffer {
  const header = Buffer.alloc(TCP_HEADER);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE((sequence + 1) >>> 0, 4);
  header.writeUInt32BE((acknowledged + 1) >>> 0, 8);
  header[12] = (TCP_HEADER / 4) << 4;
  header[13] = PUSH_AND_ACK;
  header.writeUInt16BE(WINDOW, 14);
  return inIp(from, to, PROTOCOL.tcp, header, 16, payload);
}
