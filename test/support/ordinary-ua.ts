import type { SipEngine } from "../../src/sip/index.ts";
import {
  Dialog,
  dialogIdOf,
  isSipUri,
  SipResponse,
  splitList,
  type HeaderField,
  type ServerTransaction,
  type SipRequest,
  type TransactionUser,
} from "../../src/sip/index.ts";
import { createAnswer, createOffer, hasLiveMedia, parseSdp, SdpParseError, writeSdp } from "../../src/sdp/index.ts";

const METHODS = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "MESSAGE", "INFO", "UPDATE"];
/** Methods that we know, and that make no sense outside a dialog of ours. */
const IN_DIALOG = new Set(["BYE", "INFO", "UPDATE", "PRACK", "NOTIFY"]);
/** Methods that others serve. */
const UNSERVED = new Set(["PRACK", "NOTIFY", "SUBSCRIBE", "REFER", "PUBLISH"]);

const SDP = "application/sdp";
const READABLE_TYPES = new Set([SDP, "text/plain"]);
const ACCEPT: HeaderField = ["Accept", [...READABLE_TYPES].join(", ")];
const ALLOW: HeaderField = ["Allow", METHODS.join(", ")];

interface Refusal {
  readonly status: number;
  readonly headers?: readonly HeaderField[];
}

/**
 * The user of an engine that behaves as any user agent would: it takes calls, registrations and messages of everybody,
 * and refuses in the order of RFC 3261 §8.2 what it cannot process.
 */
export class OrdinaryUa implements TransactionUser {
  readonly #dialogs = new Map<string, Dialog>();
  /** Set before the first request comes. */
  engine: SipEngine | undefined;

  readonly #served: (request: SipRequest) => void;

  /** @param served told of each request that reached this user. */
  constructor(served: (request: SipRequest) => void = () => undefined) {
    this.#served = served;
  }

  /** Calls that were answered and not hung up. */
  get calls(): number {
    return this.#dialogs.size;
  }

  request(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.#served(request);
    const refusal = refusalOf(request);
    if (refusal) this.#respond(transaction, refusal.status, refusal.headers);
    else this.#serve(transaction);
  }

  /** RFC 3261 §13.3.1.4 wants a BYE; a peer that never acknowledged would not answer it either. */
  unacknowledged(transaction: ServerTransaction): void {
    for (const [id, dialog] of this.#dialogs) {
      if (dialog.localTag === transaction.toTag) this.#dialogs.delete(id);
    }
  }

  #serve(transaction: ServerTransaction): void {
    const { request } = transaction;
    const id = dialogIdOf(request, "received");
    const dialog = id === undefined ? undefined : this.#dialogs.get(id);
    if (!dialog && (id !== undefined || IN_DIALOG.has(request.method))) this.#respond(transaction, 481);
    else if (dialog?.admits(request) === "stale-cseq") this.#respond(transaction, 500);
    else if (request.method === "INVITE") this.#answer(transaction);
    else if (request.method === "REGISTER") this.#register(transaction);
    else {
      if (request.method === "BYE" && id !== undefined) this.#dialogs.delete(id);
      this.#respond(transaction, 200, request.method === "OPTIONS" ? [ALLOW, ACCEPT] : []);
    }
  }

  #answer(transaction: ServerTransaction): void {
    const { request } = transaction;
    let body: string;
    try {
      const options = {
        media: ["audio" as const],
        address: "127.0.0.1",
        ports: () => 4000,
        origin: { sessionId: "1" },
      };
      const offer = request.body.length > 0 && request.contentType?.type === SDP ? parseSdp(request.body) : undefined;
      const session = offer ? createAnswer(offer, options) : createOffer(options);
      if (!hasLiveMedia(session)) {
        this.#respond(transaction, 488);
        return;
      }
      body = writeSdp(session);
    } catch (error) {
      if (!(error instanceof SdpParseError)) throw error;
      this.#respond(transaction, 400);
      return;
    }
    const contact = `<${this.engine?.contactUri("ua", transaction.flow.protocol) ?? ""}>`;
    const headers: HeaderField[] = [["Contact", contact], ALLOW, ["Content-Type", SDP]];
    const success = SipResponse.to(request, 200, { toTag: transaction.toTag, headers, body });
    // RFC 2543 peers may leave out Contact: they get their call, and no dialog that we could send requests in.
    if (request.has("Contact") && request.toTag === undefined) {
      const dialog = Dialog.fromRequest(request, success);
      this.#dialogs.set(dialog.id, dialog);
    }
    transaction.respond(SipResponse.to(request, 180, { toTag: transaction.toTag, headers: [["Contact", contact]] }));
    transaction.respond(success);
  }

  /** RFC 3261 §10.3: the To names the address-of-record, whose bindings the 200 lists. */
  #register(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!isSipUri(request.to.uri)) this.#respond(transaction, 404);
    else {
      const bindings = request.list("Contact").filter((contact) => contact !== "*");
      const headers = bindings.map((contact): HeaderField => ["Contact", contact]);
      this.#respond(transaction, 200, headers);
    }
  }

  #respond(transaction: ServerTransaction, status: number, headers: readonly HeaderField[] = []): void {
    const { request, toTag } = transaction;
    transaction.respond(SipResponse.to(request, status, { toTag, headers: [...headers] }));
  }
}

/** RFC 3261 §8.2.1 to §8.2.3 in that order, but for authentication, which this user does without. */
function refusalOf(request: SipRequest): Refusal | undefined {
  if (!METHODS.includes(request.method)) {
    return { status: UNSERVED.has(request.method) ? 405 : 501, headers: [ALLOW] };
  }
  if (!isSipUri(request.uri)) return { status: 416 };
  const required = request.list("Require");
  if (required.length > 0) return { status: 420, headers: [["Unsupported", required.join(", ")]] };
  return unreadableBody(request) ?? unacceptableAnswer(request);
}

/** RFC 3261 §8.2.3: a body that its sender marked optional may be ignored. */
function unreadableBody(request: SipRequest): Refusal | undefined {
  if (request.body.length === 0 || /;\s*handling\s*=\s*optional/i.test(request.get("Content-Disposition") ?? "")) {
    return undefined;
  }
  const coding = request.list("Content-Encoding").filter((name) => name.toLowerCase() !== "identity");
  if (coding.length > 0) return { status: 415, headers: [["Accept-Encoding", "identity"]] };
  const type = request.contentType?.type ?? "";
  return READABLE_TYPES.has(type) || type.startsWith("multipart/") ? undefined : { status: 415, headers: [ACCEPT] };
}

/** RFC 3261 §21.4.7: our answer to an INVITE is SDP, whatever else the caller would rather read. */
function unacceptableAnswer(request: SipRequest): Refusal | undefined {
  const accept = request.getAll("Accept").flatMap(splitList);
  if (request.method !== "INVITE" || accept.length === 0) return undefined;
  const ranges = accept.map((range) => (range.split(";")[0] ?? "").trim().toLowerCase());
  const takesSdp = ranges.some((range) => range === SDP || range === "application/*" || range === "*/*");
  return takesSdp ? undefined : { status: 406 };
}
