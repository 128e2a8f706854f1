import { PeerProtocolError } from "../../core/errors.ts";
import { decodeText } from "./octet-text.ts";
import { reasonPhrase } from "./reason-phrases.ts";
import type { SipMessage } from "./message.ts";
import type { Source } from "./source.ts";

export interface SipParseErrorOptions {
  /** What a UAS answers. Default 400. */
  readonly status?: number;
  /** What could be read, for a best-effort response; absent where nothing can be answered. */
  readonly partial?: SipMessage | undefined;
  /** The text that is wrong, as octet string. */
  readonly text?: string;
}

const EXCERPT_LENGTH = 80;

/**
 * A message, or a part of one, breaks the grammar. `status` and `reason` are what a UAS answers to a request; a
 * malformed response is dropped.
 * @see RFC 3261 §8.2, §21.4.1
 */
export class SipParseError extends PeerProtocolError {
  readonly status: number;
  /** The problem in a few words, fit for a reason phrase or a Warning. */
  readonly problem: string;
  /** What could be read: give it to `SipResponse.to`, which copies whatever headers are there. */
  readonly partial: SipMessage | undefined;

  constructor(problem: string, options: SipParseErrorOptions = {}) {
    const status = options.status ?? 400;
    const excerpt = options.text === undefined ? undefined : excerptOf(options.text);
    super(excerpt === undefined ? problem : `${problem}: ${JSON.stringify(excerpt)}`, {
      code: "ERR_SIP_SYNTAX",
      details: { status, problem, ...(excerpt === undefined ? {} : { text: excerpt }) },
    });
    this.status = status;
    this.problem = problem;
    this.partial = options.partial;
  }

  /** Reason phrase that belongs to `status`. */
  get reason(): string {
    return reasonPhrase(this.status);
  }

  /** The same error, knowing the message that it was found in. */
  within(message: SipMessage): SipParseError {
    if (this.partial) return this;
    const text = this.details["text"];
    const options = typeof text === "string" ? { text } : {};
    return new SipParseError(this.problem, { ...options, status: this.status, partial: message });
  }
}

/** The error about what stands at `text[start, end)` of a source. */
export function malformedAt(problem: string, { text }: Source, start: number, end: number): SipParseError {
  return new SipParseError(problem, { text: text.slice(start, end) });
}

function excerptOf(octetText: string): string {
  const excerpt = octetText.length > EXCERPT_LENGTH ? `${octetText.slice(0, EXCERPT_LENGTH)}…` : octetText;
  return decodeText(excerpt);
}
