import { PeerProtocolError } from "../../core/errors.ts";
import {
  isSipUri,
  parseNameAddr,
  SipParseError,
  SipRequest,
  SipResponse,
  type HeaderField,
  type SipMessage,
} from "../message/index.ts";
import { formatDialogId } from "./dialog-id.ts";
import { applyRouteSet, type RequestRoute } from "./route.ts";

export type DialogState = "early" | "confirmed" | "terminated";

export interface DialogRequestOptions {
  readonly headers?: readonly HeaderField[];
  /** Text is written as UTF-8. */
  readonly body?: Buffer | string;
  /** Value of the Contact header, `<sip:…>`. Default: none is sent. */
  readonly contact?: string;
}

interface DialogParts {
  readonly role: "uac" | "uas";
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly localUri: string;
  readonly remoteUri: string;
  readonly localCseq: number | undefined;
  readonly remoteCseq: number | undefined;
  readonly routeSet: readonly string[];
  readonly remoteTarget: string;
  readonly state: DialogState;
  readonly secure: boolean;
}

/** Requests, and their 2xx, whose Contact becomes the remote target of a dialog (RFC 3261 §12.2, RFC 3311, RFC 6665). */
const TARGET_REFRESHERS = new Set(["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"]);

/** A dialog as one of its two ends sees it. RFC 3261 §12. */
export class Dialog {
  /** Which end of the request that made the dialog; the UAC chose the Call-ID. */
  readonly role: "uac" | "uas";
  readonly callId: string;
  readonly localTag: string;
  /** Empty where the peer, being older than RFC 3261, sent none. */
  readonly remoteTag: string;
  /** From of our requests: as it stood in the message that made the dialog, with tag. */
  readonly localUri: string;
  /** To of our requests, likewise. */
  readonly remoteUri: string;
  /** Whether everything has to go over TLS: begun with a sips URI. */
  readonly secure: boolean;
  #localCseq: number | undefined;
  #remoteCseq: number | undefined;
  #routeSet: readonly string[];
  #remoteTarget: string;
  #state: DialogState;

  private constructor(parts: DialogParts) {
    this.role = parts.role;
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.localUri = parts.localUri;
    this.remoteUri = parts.remoteUri;
    this.secure = parts.secure;
    this.#localCseq = parts.localCseq;
    this.#remoteCseq = parts.remoteCseq;
    this.#routeSet = parts.routeSet;
    this.#remoteTarget = parts.remoteTarget;
    this.#state = parts.state;
  }

  /**
   * At the UAC, from a 101–299 with To tag (RFC 3261 §12.1.2). Early for a provisional response.
   * @throws {PeerProtocolError} ERR_NO_DIALOG: no To tag, or no Contact in a 2xx. A 1xx without leaves the
   * Request-URI as target.
   * @throws {SipParseError} ERR_SIP_SYNTAX: a header needed is malformed.
   */
  static fromResponse(request: SipRequest, response: SipResponse): Dialog {
    const remoteTag = response.toTag;
    if (remoteTag === undefined) throw noDialog(`${response.status} to ${request.method} has no To tag`, response);
    if (response.isSuccess && !contactOf(response)) {
      throw noDialog(`${response.status} to ${request.method} has no Contact`, response);
    }
    return new Dialog({
      role: "uac",
      callId: request.callId,
      localTag: request.fromTag ?? "",
      remoteTag,
      localUri: request.get("From") ?? "",
      remoteUri: taggedTo(request, remoteTag),
      localCseq: request.cseq.number,
      remoteCseq: undefined,
      routeSet: routeSetOf(response),
      remoteTarget: contactOf(response) ?? request.requestUri,
      state: response.isSuccess ? "confirmed" : "early",
      secure: isSecure(request),
    });
  }

  /**
   * At the UAS, from a request and the 101–299 with To tag that answers it (RFC 3261 §12.1.1). Early for a provisional
   * response.
   * @throws {PeerProtocolError} ERR_NO_DIALOG: no Contact in the request, no To tag in the response.
   * @throws {SipParseError} ERR_SIP_SYNTAX: a header needed is malformed.
   */
  static fromRequest(request: SipRequest, response: SipResponse): Dialog {
    const remoteTarget = contactOf(request);
    if (remoteTarget === undefined) throw noDialog(`${request.method} has no Contact`, request);
    const localTag = response.toTag;
    if (localTag === undefined) throw noDialog(`${response.status} to ${request.method} has no To tag`, response);
    return new Dialog({
      role: "uas",
      callId: request.callId,
      localTag,
      remoteTag: request.fromTag ?? "",
      localUri: taggedTo(request, localTag),
      remoteUri: request.get("From") ?? "",
      localCseq: undefined,
      remoteCseq: request.cseq.number,
      routeSet: request.list("Record-Route"),
      remoteTarget,
      state: response.isSuccess ? "confirmed" : "early",
      secure: isSecure(request),
    });
  }

  /** As `dialogIdOf` gives it for the messages of this dialog. */
  get id(): string {
    return formatDialogId(this.callId, this.localTag, this.remoteTag);
  }

  /** Number of our last request; undefined before the first. */
  get localCseq(): number | undefined {
    return this.#localCseq;
  }

  /** Highest number that the peer has used; undefined before its first request. */
  get remoteCseq(): number | undefined {
    return this.#remoteCseq;
  }

  /** Values for Route, the nearest router first. */
  get routeSet(): readonly string[] {
    return this.#routeSet;
  }

  /** Where the peer wants requests: the URI of its Contact. */
  get remoteTarget(): string {
    return this.#remoteTarget;
  }

  get state(): DialogState {
    return this.#state;
  }

  /** URI that the next request goes to: for `SipEngine.send` in front of a strict router, whom the request can't name. */
  get nextHop(): string {
    return this.#route.nextHop;
  }

  /** The next request of this dialog, lacking only Via and Max-Forwards, which the engine adds. RFC 3261 §12.2.1.1. */
  createRequest(method: string, options: DialogRequestOptions = {}): SipRequest {
    this.#localCseq = (this.#localCseq ?? 0) + 1;
    return this.#create(method, this.#localCseq, options);
  }

  /**
   * The ACK for a 2xx. RFC 3261 §13.2.2.4.
   * @param inviteCseq number of the INVITE.
   * @param options the credentials of the INVITE belong into `headers`, an answer into `body`.
   */
  createAck(inviteCseq: number, options: DialogRequestOptions = {}): SipRequest {
    return this.#create("ACK", inviteCseq, options);
  }

  /**
   * Whether a request of the peer is in order: not older than one before (RFC 3261 §12.2.2; answer a stale one with
   * 500). An ACK has the number of its INVITE and is always admitted. Remembers the number.
   */
  admits(request: SipRequest): "ok" | "stale-cseq" {
    if (request.method === "ACK") return "ok";
    const { number } = request.cseq;
    if (this.#remoteCseq !== undefined && number < this.#remoteCseq) return "stale-cseq";
    this.#remoteCseq = number;
    return "ok";
  }

  /** Takes the Contact of a target refresh request, or of a 2xx to one, as new remote target; ignores other messages. */
  refreshTarget(message: SipMessage): void {
    if (!TARGET_REFRESHERS.has(message.cseq.method)) return;
    if (message instanceof SipResponse && !message.isSuccess) return;
    try {
      this.#remoteTarget = contactOf(message) ?? this.#remoteTarget;
    } catch (error) {
      // Of a response nobody has checked: what can't be read is no new target.
      if (!(error instanceof SipParseError)) throw error;
    }
  }

  /**
   * An early dialog becomes confirmed by the 2xx that was received (at the UAC) or sent (at the UAS). The UAC computes
   * its route set anew (RFC 3261 §13.2.2.4).
   */
  confirm(response: SipResponse): void {
    if (this.#state !== "early") return;
    if (this.role === "uac") {
      this.#routeSet = routeSetOf(response);
      this.refreshTarget(response);
    }
    this.#state = "confirmed";
  }

  terminate(): void {
    this.#state = "terminated";
  }

  get #route(): RequestRoute {
    return applyRouteSet(this.#routeSet, this.#remoteTarget);
  }

  #create(method: string, cseq: number, options: DialogRequestOptions): SipRequest {
    const { requestUri, routes } = this.#route;
    const contact: HeaderField[] = options.contact === undefined ? [] : [["Contact", options.contact]];
    return SipRequest.create({
      method,
      requestUri,
      headers: [
        ...routes,
        ["From", this.localUri],
        ["To", this.remoteUri],
        ["Call-ID", this.callId],
        ["CSeq", `${cseq} ${method}`],
        ...contact,
        ...(options.headers ?? []),
      ],
      ...(options.body === undefined ? {} : { body: options.body }),
    });
  }
}

/**
 * Route set of a UAC (RFC 3261 §12.1.2). Nobody has checked a response yet, and of a route that can't be read each
 * request of the dialog would fail, however it came about.
 * @throws {SipParseError} ERR_SIP_SYNTAX
 */
function routeSetOf(response: SipResponse): string[] {
  const routes = response.list("Record-Route").reverse();
  for (const route of routes)
    if (!isSipUri(parseNameAddr(route).uri)) throw noDialog(`"${route}" is no SIP URI`, response);
  return routes;
}

function taggedTo(request: SipRequest, tag: string): string {
  const to = request.get("To") ?? "";
  return request.toTag === undefined ? `${to};tag=${tag}` : to;
}

/** URI of the first Contact, where requests can be sent to it. @throws {SipParseError} ERR_SIP_SYNTAX */
function contactOf(message: SipMessage): string | undefined {
  const contact = message.contacts === "*" ? undefined : message.contacts[0];
  return contact && isSipUri(contact.uri) ? contact.uriText : undefined;
}

function isSecure(request: SipRequest): boolean {
  return request.uri.scheme === "sips";
}

function noDialog(why: string, message: SipMessage): PeerProtocolError {
  return new PeerProtocolError(`${why}, so it makes no dialog (RFC 3261 §12.1).`, {
    code: "ERR_NO_DIALOG",
    details: { callId: message.callId, message: message.toString() },
  });
}
