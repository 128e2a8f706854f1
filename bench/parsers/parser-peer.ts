/** What a parser found, one value after the other; values are kept, so that no compiler can leave the reading out. */
export class FieldSink {
  static readonly #slots = 1024;
  readonly #values = new Array<unknown>(FieldSink.#slots).fill(undefined);
  #size = 0;

  take(value: unknown): void {
    this.#values[this.#size & (FieldSink.#slots - 1)] = value;
    this.#size += 1;
  }

  reset(): void {
    this.#size = 0;
  }

  /** What was taken since `reset`. */
  get values(): unknown[] {
    return this.#values.slice(0, this.#size);
  }
}

/** For a field that a parser leaves unparsed. */
export const UNREAD = Symbol("unread");

/**
 * A parser and how its users read a message with it. Both readings start from the octets of a datagram, take the same
 * fields in the same order for every parser, and throw where the parser refuses the message.
 */
export interface ParserPeer {
  readonly name: string;
  /**
   * Everything: method, or status and reason; user, host, port of the Request-URI; transport, host, port, branch of
   * each Via; display name, user, host, port and tag of From and To; Call-ID; both parts of CSeq; user, host, port and
   * `expires` of each Contact; host and port of each Record-Route; Max-Forwards, Content-Length; the texts in
   * `TEXT_HEADERS`; realm and nonce of the challenge; user name, realm, nonce and response of the credentials; the
   * length of the body.
   */
  readAll: (octets: Buffer, sink: FieldSink) => void;
  /**
   * What routing needs, the cheapest way that the parser has: method or status; branch, host, port of the top Via;
   * Call-ID; both parts of CSeq; tags of From and To; Content-Length.
   */
  readForRouting: (octets: Buffer, sink: FieldSink) => void;
}

/** Headers that every parser leaves as text. */
export const TEXT_HEADERS = ["Expires", "Content-Type", "User-Agent", "Allow", "Supported", "Subject"] as const;
