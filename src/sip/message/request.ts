import { UsageError } from "../../core/errors.ts";
import { newParts, type HeaderField, type MessageParts } from "./message-parts.ts";
import { SipMessage } from "./message.ts";
import { toOctetText } from "./octet-text.ts";
import { isToken } from "./tokens.ts";
import { parseUri, type Uri } from "./uri.ts";

export interface RequestOptions {
  /** A token; `INVITE` and `invite` are two methods. */
  readonly method: string;
  /** Without brackets. */
  readonly requestUri: string;
  readonly headers?: readonly HeaderField[];
  /** Text is written as UTF-8. */
  readonly body?: Buffer | string;
}

/** A request (RFC 3261 §7.1). */
export class SipRequest extends SipMessage {
  readonly kind = "request";
  readonly method: string;
  #requestUri: string;
  #uri: Uri | undefined;

  /** For the parser and `clone`; others use `create`. */
  constructor(method: string, requestUri: string, parts: MessageParts) {
    super(parts);
    this.method = method;
    this.#requestUri = requestUri;
    this.#uri = undefined;
  }

  /** @throws {UsageError} ERR_START_LINE: `method` is no token, or `requestUri` holds blanks or control characters. */
  static create(options: RequestOptions): SipRequest {
    if (!isToken(options.method)) throw startLineError("method", options.method);
    return new SipRequest(options.method, checkedUri(options.requestUri), newParts(options.headers, options.body));
  }

  /** As it stands in the start line. */
  get requestUri(): string {
    return this.#requestUri;
  }

  set requestUri(text: string) {
    this.#requestUri = checkedUri(text);
    this.#uri = undefined;
    this.changed();
  }

  /** The Request-URI, parsed. @throws {SipParseError} ERR_SIP_SYNTAX */
  get uri(): Uri {
    return (this.#uri ??= parseUri(this.#requestUri));
  }

  /** A copy that can be changed without changing this one. */
  clone(): SipRequest {
    return new SipRequest(this.method, this.#requestUri, this.parts);
  }

  protected get startLine(): string {
    return `${this.method} ${this.#requestUri} SIP/2.0`;
  }
}

function checkedUri(text: string): string {
  const uri = toOctetText(text);
  for (let index = 0; index < uri.length; index += 1) {
    if (uri.charCodeAt(index) <= 0x20) throw startLineError("Request-URI", text);
  }
  if (uri === "") throw startLineError("Request-URI", text);
  return uri;
}

function startLineError(part: string, text: string): UsageError {
  return new UsageError(`${JSON.stringify(text)} cannot stand as ${part} in a start line`, {
    code: "ERR_START_LINE",
    details: { part, text },
  });
}
