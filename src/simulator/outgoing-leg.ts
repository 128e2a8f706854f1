import { InternalError, UnexpectedOutcomeError, UsageError } from "../core/errors.ts";
import type { SipRequest, SipResponse } from "../sip/message/index.ts";
import { CallLeg } from "./call-leg.ts";
import type { OutgoingCall } from "./call.ts";
import { credentialsOf } from "./credentials-of.ts";
import { InviteClient } from "./invite-client.ts";
import { sdpType, type LocalSdp } from "./local-media.ts";
import { mergeHeaders } from "./header-values.ts";
import { ALLOW, describeStatus, SUPPORTED, type PhoneContext } from "./phone-context.ts";
import type { CallOptions, HeaderValues } from "./phone.ts";
import type { DialogNames, Replaced } from "./replaces.ts";
import type { ReceivedResponse } from "./signalling.ts";

export interface OutgoingParts {
  readonly context: PhoneContext;
  /** Request-URI and To. */
  readonly uri: string;
  /** Number of the line that calls. */
  readonly directoryNumber: string;
}

/** A call that the phone makes. */
export class OutgoingLeg extends CallLeg implements OutgoingCall {
  readonly callId: string;
  readonly title: string;
  readonly #client: InviteClient;

  constructor(parts: OutgoingParts, options: CallOptions) {
    const { context, uri, directoryNumber } = parts;
    super(context, options.contact ?? context.contact(directoryNumber), credentialsOf(options), true);
    this.callId = context.ids.callId();
    this.title = `call to ${uri}`;
    this.localMedia.want(options.media);
    const offer = this.#offer(options.sdp);
    this.#client = new InviteClient(
      this.inviteParts({
        onResponse: (response) => {
          this.#follow(response);
        },
        onFailure: () => {
          this.end();
        },
      }),
      {
        uri,
        headers: this.#headers(parts, offer, options.headers),
        credentials: this.credentials,
        check: `Check that ${uri} is registered and answers`,
        offer,
      },
    );
  }

  get invite(): SipRequest {
    const { request } = this.#client.exchange;
    if (request) return request;
    throw new InternalError("a call was handed out before its INVITE was sent", { code: "ERR_NOT_SENT" });
  }

  get responses(): readonly SipResponse[] {
    return this.#client.exchange.responses;
  }

  async start(): Promise<void> {
    await this.#client.exchange.start();
  }

  async final(): Promise<SipResponse> {
    return (await this.#client.exchange.final()).message;
  }

  async provisional(status?: number): Promise<SipResponse> {
    const response = await this.#client.exchange.provisionalOrFinal(status);
    if (response.isProvisional) return response;
    const wanted = status ?? "a provisional response";
    throw new UnexpectedOutcomeError(
      `${this.context.name} waited for ${wanted} to its INVITE, and ${describeStatus(response)} came without it`,
      {
        code: "ERR_FINAL_INSTEAD",
        details: { phone: this.context.name, callId: this.callId, status: response.status },
      },
    );
  }

  async cancel(options: { readonly headers?: HeaderValues } = {}): Promise<SipResponse> {
    if (this.#client.exchange.finalResponse) {
      throw new UsageError(
        `${this.context.name} cannot cancel: its ${this.title} has its final response. Hang up instead.`,
        { code: "ERR_CALL_ANSWERED", details: { phone: this.context.name, callId: this.callId } },
      );
    }
    this.#client.exchange.cancel(options.headers);
    return await this.final();
  }

  async names(): Promise<DialogNames> {
    const { toTag = "" } = this.#early ?? (await this.final());
    const { callId, fromTag = "", requestUri: remoteUri } = this.invite;
    return { callId, localTag: fromTag, remoteTag: toTag, remoteUri };
  }

  isNamed({ callId, localTag, remoteTag }: Replaced): "early" | "confirmed" | undefined {
    if (callId !== this.callId || localTag !== this.invite.fromTag) return undefined;
    const final = this.#client.exchange.finalResponse;
    if (final) return final.isSuccess && final.toTag === remoteTag ? "confirmed" : undefined;
    return this.responses.some(({ toTag }) => toTag === remoteTag) ? "early" : undefined;
  }

  async abandon(): Promise<void> {
    if (!this.#client.exchange.finalResponse) this.#client.exchange.cancel();
    await this.final();
    if (!this.ended) await this.bye();
  }

  protected async established(): Promise<void> {
    const final = await this.final();
    if (final.isSuccess) return;
    throw new UsageError(`${this.context.name}'s ${this.title} was never established: ${describeStatus(final)}`, {
      code: "ERR_CALL_NOT_ESTABLISHED",
      details: { phone: this.context.name, callId: this.callId, status: final.status },
    });
  }

  /** A provisional response names an early dialog too (RFC 3261 §12.1). */
  protected override async nameable(): Promise<void> {
    if (!this.#early) await this.established();
  }

  /** The response that made the early dialog, while there is no other. */
  get #early(): SipResponse | undefined {
    if (this.#client.exchange.finalResponse) return undefined;
    return this.responses.findLast(({ isProvisional, toTag }) => isProvisional && toTag !== undefined);
  }

  protected async updatable(): Promise<void> {
    const response = await this.#client.exchange.reliableOrFinal();
    if (response.isFinal) await this.established();
  }

  #offer(sdp: string | null | undefined): LocalSdp | undefined {
    if (sdp === null) return undefined;
    return sdp === undefined ? this.localMedia.offer() : this.localMedia.verbatim(sdp);
  }

  #headers(
    { context, uri, directoryNumber }: OutgoingParts,
    offer: LocalSdp | undefined,
    headers: HeaderValues | undefined,
  ): () => HeaderValues {
    const tag = context.ids.tag();
    let cseq = 0;
    return () => {
      cseq += 1;
      return mergeHeaders(
        {
          From: `<${context.userUri(directoryNumber)}>;tag=${tag}`,
          To: `<${uri}>`,
          "Call-ID": this.callId,
          CSeq: `${cseq} INVITE`,
          Contact: this.contact,
          Allow: ALLOW,
          Supported: SUPPORTED,
        },
        context.profileHeaders,
        this.timer.requestHeaders(),
        sdpType(offer),
        headers,
      );
    };
  }

  #follow({ message, dialogId }: ReceivedResponse): void {
    this.enterDialog(dialogId);
    if (message.status >= 300) this.end();
  }
}
