import { UsageError } from "../../core/errors.ts";
import type { HeaderLine } from "./header-line.ts";
import { headerId } from "./header-names.ts";
import { LIMITS } from "./limits.ts";
import { headerLine, newParts, type HeaderField, type MessageParts } from "./message-parts.ts";
import { SipMessage } from "./message.ts";
import { tagAt } from "./name-addr.ts";
import { toHeaderValue } from "./octet-text.ts";
import { OwnLines } from "./own-lines.ts";
import { reasonPhrase } from "./reason-phrases.ts";

export interface ResponseOptions {
  /** 100 to 699. */
  readonly status: number;
  /** Default: the usual phrase of the status. */
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
  /** Text is written as UTF-8. */
  readonly body?: Buffer | string;
}

export interface ResponseToOptions extends Omit<ResponseOptions, "status"> {
  /** Added to a To without tag; the same for all responses of a transaction. */
  readonly toTag?: string;
}

const VIA = headerId("Via");
const TO = headerId("To");
const TIMESTAMP = headerId("Timestamp");
const RECORD_ROUTE = headerId("Record-Route");

/** By header id, a bit each: what a message has once, and a response from its request. A faulty request repeats it. */
const ONCE: number[] = [];
for (const [place, name] of ["From", "To", "Call-ID", "CSeq", "Timestamp"].entries()) ONCE[headerId(name)] = 1 << place;

/** Most lines copied, so that with what is added the response stays within the limits that its request may reach. */
const MOST_COPIED = LIMITS.headerLines - 32;

/** Methods whose success makes a dialog, so that the response hands back the Record-Route (RFC 3261 §12.1.1). */
const DIALOG_METHODS = new Set(["INVITE", "SUBSCRIBE", "REFER", "NOTIFY"]);

/** A response (RFC 3261 §7.2). */
export class SipResponse extends SipMessage {
  readonly kind = "response";
  readonly status: number;
  /** Octet string; may be empty. */
  readonly reason: string;

  /** For the parser and `clone`; others use `create` or `to`. */
  constructor(status: number, reason: string, parts: MessageParts) {
    super(parts);
    this.status = status;
    this.reason = reason;
  }

  /** @throws {UsageError} ERR_START_LINE: `status` is not 100 to 699. */
  static create(options: ResponseOptions): SipResponse {
    return responseOf(options.status, options.reason, newParts(options.headers, options.body));
  }

  /**
   * The response to a request, with the headers that RFC 3261 §8.2.6 copies: all Via, From, To (with tag), Call-ID,
   * CSeq, Timestamp into a 100, Record-Route into 101–299 of requests that make dialogs. Headers that the request
   * lacks are left out, what it wrongly repeats is copied once, and none is parsed, so a malformed request gets its
   * best-effort answer too.
   */
  static to(request: SipMessage, status: number, options: ResponseToOptions = {}): SipResponse {
    const { lines, body } = newParts(options.headers, options.body);
    const tag = status === 100 ? undefined : options.toTag;
    const copied = copiedLines(request, status, tag);
    for (let index = 0; index < lines.length; index += 1) copied.push(lines.lineAt(index));
    return responseOf(status, options.reason, { lines: new OwnLines(copied), body });
  }

  /** 1xx. */
  get isProvisional(): boolean {
    return this.status < 200;
  }

  /** 2xx to 6xx. */
  get isFinal(): boolean {
    return this.status >= 200;
  }

  /** 2xx. */
  get isSuccess(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** A copy that can be changed without changing this one. */
  clone(): SipResponse {
    return new SipResponse(this.status, this.reason, this.parts);
  }

  protected get startLine(): string {
    return `SIP/2.0 ${this.status} ${this.reason}`;
  }
}

function responseOf(status: number, reason: string | undefined, parts: MessageParts): SipResponse {
  if (!Number.isInteger(status) || status < 100 || status > 699) {
    throw new UsageError(`${status} is not a SIP status code: these go from 100 to 699`, {
      code: "ERR_START_LINE",
      details: { status },
    });
  }
  return new SipResponse(status, reason === undefined ? reasonPhrase(status) : toHeaderValue(reason), parts);
}

function copiedLines(request: SipMessage, status: number, toTag: string | undefined): HeaderLine[] {
  const recordsRoute = status > 100 && status < 300 && DIALOG_METHODS.has(methodOf(request));
  const copied: HeaderLine[] = [];
  const { lines } = request;
  let seen = 0;
  for (let index = 0; index < lines.length && copied.length < MOST_COPIED; index += 1) {
    const id = lines.idAt(index);
    const once = ONCE[id] ?? 0;
    if ((seen & once) !== 0 || (id === TIMESTAMP && status !== 100)) continue;
    if (once === 0 && id !== VIA && !(id === RECORD_ROUTE && recordsRoute)) continue;
    seen |= once;
    copied.push(id === TO ? withTag(lines.lineAt(index), toTag) : lines.lineAt(index));
  }
  return copied;
}

function methodOf(message: SipMessage): string {
  return "method" in message && typeof message.method === "string" ? message.method : "";
}

function withTag(line: HeaderLine, tag: string | undefined): HeaderLine {
  return tag === undefined || tagAt(line.source, line.start, line.end) !== undefined
    ? line
    : headerLine(line.name, `${line.value};tag=${tag}`);
}
