import { PeerProtocolError } from "../core/errors.ts";

/** Five digits: the largest frame there is. Enough for the largest SIP message (64 kB) and its meta line. */
const LENGTH_DIGITS = 5;
export const FRAME_LIMIT = 10 ** LENGTH_DIGITS - 1;

const HASH = 0x23;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** `length "#" meta [CRLF sip]`; the length counts octets. */
export function writeFrame(meta: string, sip?: Buffer): Buffer {
  const line = sip ? `${meta}\r\n` : meta;
  const lineOctets = Buffer.byteLength(line, "utf8");
  const length = lineOctets + (sip?.length ?? 0);
  if (length > FRAME_LIMIT) {
    throw new PeerProtocolError(`A drachtio frame of ${length} octets is too large; the limit is ${FRAME_LIMIT}.`, {
      code: "ERR_DRACHTIO_FRAME",
      details: { octets: length, limit: FRAME_LIMIT },
    });
  }
  const start = `${length}#`;
  const frame = Buffer.allocUnsafe(start.length + length);
  frame.write(start + line, "utf8");
  if (sip) frame.set(sip, start.length + lineOctets);
  return frame;
}

/** Cuts a byte stream into frame bodies, wherever the stream was cut or glued. Work is linear in the octets read. */
export class FrameReader {
  #digits = 0;
  #length = 0;
  #body: Buffer | undefined;
  #filled = 0;

  /**
   * Bodies that `chunk` completes, in order; they may share memory with it.
   * @throws {PeerProtocolError} ERR_DRACHTIO_FRAME: something else than at most five digits stands before `#`.
   */
  *push(chunk: Buffer): Generator<Buffer, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body) {
        const copied = chunk.copy(this.#body, this.#filled, at);
        at += copied;
        this.#filled += copied;
        if (this.#filled < this.#body.length) return;
        yield this.#body;
        this.#body = undefined;
        continue;
      }
      const octet = chunk[at] ?? 0;
      at += 1;
      if (octet !== HASH) {
        this.#takeDigit(octet);
        continue;
      }
      const length = this.#takeLength();
      const end = at + length;
      if (length === 0) continue;
      if (end <= chunk.length) {
        yield chunk.subarray(at, end);
        at = end;
      } else {
        this.#body = Buffer.allocUnsafe(length);
        this.#filled = 0;
      }
    }
  }

  #takeDigit(octet: number): void {
    if (octet < DIGIT_0 || octet > DIGIT_9 || this.#digits === LENGTH_DIGITS) throw brokenLength();
    this.#length = this.#length * 10 + (octet - DIGIT_0);
    this.#digits += 1;
  }

  #takeLength(): number {
    if (this.#digits === 0) throw brokenLength();
    const length = this.#length;
    this.#length = 0;
    this.#digits = 0;
    return length;
  }
}

function brokenLength(): PeerProtocolError {
  return new PeerProtocolError(`A drachtio frame begins with its length: one to ${LENGTH_DIGITS} digits and "#".`, {
    code: "ERR_DRACHTIO_FRAME",
  });
}
