/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian: what Wireshark, tshark and sngrep open.
 */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Packets begin with an IP header, version 4 or 6. */
const LINKTYPE_RAW = 101;

const OPTION = { end: 0, comment: 1, interfaceName: 2, application: 4 } as const;

/** Longest text of an option, octets: its length is written in 16 bits. */
const MOST_TEXT = 60_000;

function paddedTo4(octets: Buffer): Buffer {
  return Buffer.concat([octets, Buffer.alloc(-octets.length & 3)]);
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text, "utf8").subarray(0, MOST_TEXT);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, paddedTo4(value)]);
}

function options(...entries: readonly (readonly [code: number, text: string])[]): Buffer {
  return Buffer.concat([...entries.map(([code, text]) => option(code, text)), Buffer.alloc(4, OPTION.end)]);
}

function block(type: number, body: Buffer): Buffer {
  const length = body.length + 12;
  const framed = Buffer.alloc(length);
  framed.writeUInt32LE(type, 0);
  framed.writeUInt32LE(length, 4);
  body.copy(framed, 8);
  framed.writeUInt32LE(length, length - 4);
  return framed;
}

/** The blocks before the packets: a section, and the one interface on which all were seen. */
export function fileHead(application: string, comment: string): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  // The length of the section is not told: it goes to the end of the file.
  section.fill(0xff, 8);
  const described = Buffer.alloc(8);
  described.writeUInt16LE(LINKTYPE_RAW, 0);
  return Buffer.concat([
    block(
      SECTION_HEADER,
      Buffer.concat([section, options([OPTION.comment, comment], [OPTION.application, application])]),
    ),
    block(INTERFACE_DESCRIPTION, Buffer.concat([described, options([OPTION.interfaceName, "phones"])])),
  ]);
}

/**
 * A packet with its comment.
 * @param at ms since the epoch, with fractions; kept to the microsecond.
 */
export function packetBlock(packet: Buffer, at: number, comment: string): Buffer {
  const microseconds = BigInt(Math.round(at * 1_000));
  const head = Buffer.alloc(20);
  head.writeUInt32LE(Number(microseconds >> 32n), 4);
  head.writeUInt32LE(Number(microseconds & 0xffff_ffffn), 8);
  head.writeUInt32LE(packet.length, 12);
  head.writeUInt32LE(packet.length, 16);
  return block(ENHANCED_PACKET, Buffer.concat([head, paddedTo4(packet), options([OPTION.comment, comment])]));
}
