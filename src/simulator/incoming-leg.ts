import { asError, UnexpectedOutcomeError, UsageError } from "../core/errors.ts";
import type { MediaSpec, SessionDescription } from "../sdp/index.ts";
import type { SipRequest } from "../sip/message/index.ts";
import { CallLeg } from "./call-leg.ts";
import type { IncomingCall } from "./call.ts";
import { mergeHeaders } from "./header-values.ts";
import type { History } from "./history.ts";
import type { AnswerOptions, InviteServer } from "./invite-server.ts";
import type { Awaited, PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
import type { DialogNames, Replaced } from "./replaces.ts";
import type { IncomingRequest } from "./signalling.ts";

interface RingOptions extends AnswerOptions {
  readonly reliable?: boolean;
}

type State = "ringing" | "accepted" | "rejected" | "cancelled";

/** A call that reached the phone. */
export class IncomingLeg extends CallLeg implements IncomingCall {
  readonly invite: SipRequest;
  readonly callId: string;
  readonly title: string;
  readonly replaces: CallLeg | undefined;
  /** The line that is called. */
  readonly directoryNumber: string;
  readonly #server: InviteServer;
  readonly #cancels: History<SipRequest>;
  #state: State = "ringing";
  /** Why the offer in the INVITE cannot be read, if so. */
  #unreadable: Error | undefined;

  /** @param replaces the call that this one is to take the place of (RFC 3891). */
  constructor(context: PhoneContext, incoming: IncomingRequest, directoryNumber: string, replaces?: CallLeg) {
    super(context, context.contact(directoryNumber), {}, false);
    this.directoryNumber = directoryNumber;
    this.replaces = replaces;
    this.invite = incoming.request;
    this.callId = incoming.request.callId;
    this.title = `call from ${incoming.request.from.uriText}`;
    this.#server = this.inviteServer(incoming);
    this.#cancels = context.history();
    incoming.onCancel((cancel) => {
      this.#cancelled(cancel);
    });
  }

  get offer(): SessionDescription | undefined {
    return this.#server.offer;
  }

  /** Reads the offer; a call whose offer cannot be read does not ring but is refused at once (RFC 3261 §13.3.1.3). */
  async takeOffer(): Promise<void> {
    try {
      this.#server.takeOffer();
    } catch (error) {
      this.#unreadable = asError(error);
      this.#state = "rejected";
      this.#over(this.#unreadable);
      this.context.log.debug({ err: error }, "offer refused");
      await this.#server.refuse(488, undefined);
    }
  }

  async ring(status = 180, options: RingOptions = {}): Promise<void> {
    this.#mustRing(`send ${status}`);
    if (status <= 100 || status >= 200) {
      throw new UsageError(`ring takes a status from 101 to 199, not ${status}`, {
        code: "ERR_RING_STATUS",
        details: { status },
      });
    }
    if (options.reliable) await this.#ringReliably(status, options);
    else await this.#server.ring(status, options);
  }

  override async handle(incoming: IncomingRequest): Promise<void> {
    if (incoming.request.method !== "PRACK") {
      await super.handle(incoming);
      return;
    }
    this.keep(incoming.request);
    await this.#server.acknowledgedProvisional(incoming);
  }

  async accept(options: AnswerOptions & { readonly media?: readonly MediaSpec[] } = {}): Promise<void> {
    this.#mustRing("accept");
    this.localMedia.want(options.media);
    this.expectAck(this.#server);
    const headers = mergeHeaders(this.timer.answer(this.invite), options.headers);
    const dialogId = await this.#server.accept({ ...options, headers });
    this.#state = "accepted";
    this.enterDialog(dialogId);
    await this.#acknowledged();
    await this.replaces?.abandon();
  }

  async reject(
    status = 486,
    { reason, headers }: { readonly reason?: string; readonly headers?: HeaderValues } = {},
  ): Promise<void> {
    this.#mustRing("reject");
    if (status < 300) {
      throw new UsageError(`reject takes a status of 300 or more, not ${status}`, {
        code: "ERR_REJECT_STATUS",
        details: { status },
      });
    }
    await this.#server.refuse(status, reason, headers);
    this.#state = "rejected";
    this.#over(this.#noSession(`it answered ${status}`));
  }

  async cancelled(): Promise<void> {
    await this.#cancels.first(() => true, this.#wait("a CANCEL", "Check that the caller gives up"));
  }

  async names(): Promise<DialogNames> {
    await this.established();
    const { callId, fromTag: remoteTag = "", from } = this.invite;
    return { callId, localTag: this.#server.localTag ?? "", remoteTag, remoteUri: from.uriText };
  }

  isNamed({ callId, localTag, remoteTag }: Replaced): "early" | "confirmed" | undefined {
    const named = callId === this.callId && localTag === this.#server.localTag && remoteTag === this.invite.fromTag;
    if (!named) return undefined;
    return this.#state === "ringing" ? "early" : "confirmed";
  }

  async abandon(): Promise<void> {
    if (this.#state === "ringing") await this.reject(480);
    if (this.ended) return;
    // The callee must not send BYE before the ACK came (RFC 3261 §15).
    await this.#acknowledged();
    await this.bye();
  }

  protected async established(): Promise<void> {
    if (this.#state === "accepted") await this.#acknowledged();
    else if (this.#state === "ringing")
      this.#fail("is not answered yet: accept or reject it", "ERR_CALL_NOT_ESTABLISHED");
  }

  protected async updatable(): Promise<void> {
    // RFC 3311 §5.1: in an early dialog not before the caller is known to have it.
    if (this.#state !== "ringing" || this.#server.pracks.items.length === 0) await this.established();
  }

  async #ringReliably(status: number, options: AnswerOptions): Promise<void> {
    const { pracks } = this.#server;
    const from = pracks.items.length;
    this.enterDialog(await this.#server.ringReliably(status, options));
    const wait = this.#wait(`the PRACK of its ${status}`, "Check that the caller supports 100rel and sends it");
    await pracks.first(() => true, { ...wait, from });
  }

  async #acknowledged(): Promise<void> {
    await this.#server.acks.first(() => true, this.#wait("the ACK of its 200", "Check that the caller sends it"));
  }

  #cancelled(cancel: SipRequest): void {
    this.#state = "cancelled";
    this.#over(this.#noSession("the caller cancelled it"));
    this.#cancels.add(cancel);
    this.keep(cancel);
  }

  #over(error: Error): void {
    this.end();
    this.sessionState.failed(error);
    this.#server.pracks.end(error);
  }

  #noSession(why: string): UnexpectedOutcomeError {
    const { name } = this.context;
    return new UnexpectedOutcomeError(`${name}'s ${this.title} has no session: ${why}`, {
      code: "ERR_NO_SESSION",
      details: { phone: name, callId: this.callId },
    });
  }

  #mustRing(action: string): void {
    if (this.#unreadable) throw this.#unreadable;
    if (this.#state !== "ringing") this.#fail(`is ${this.#state} already: cannot ${action}`, "ERR_CALL_ENDED");
  }

  #fail(why: string, code: string): never {
    throw new UsageError(`${this.context.name}'s ${this.title} ${why}`, {
      code,
      details: { phone: this.context.name, callId: this.callId, state: this.#state },
    });
  }

  #wait(what: string, check: string): { timeoutMs: number; onTimeout: () => Error } {
    const awaited: Awaited = { what, callId: this.callId, wait: "answerMs", check };
    return { timeoutMs: this.context.waits.answerMs, onTimeout: () => this.context.waitTimeout(awaited) };
  }
}
