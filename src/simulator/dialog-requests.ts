import { meansNoDialog } from "../sip/message/index.ts";
import { ClientExchange, type ExchangeObserver, type RequestPlan } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues, RequestOptions } from "./phone.ts";
import { IN_DIALOG } from "./signalling.ts";

export interface DialogRequestsParts {
  readonly context: PhoneContext;
  /** Of every request of the call that brings none of its own. */
  readonly credentials: CredentialOptions;
  /** The other side knows the dialog no more. */
  readonly gone: () => void;
}

/** The requests that a phone sends within the dialog of one call. */
export class DialogRequests {
  /** Undefined before there is a dialog. */
  dialogId: string | undefined;
  readonly #parts: DialogRequestsParts;

  constructor(parts: DialogRequestsParts) {
    this.#parts = parts;
  }

  /** What the plans of all of them have in common. */
  get place(): Pick<RequestPlan, "uri" | "dialogId"> {
    return { uri: IN_DIALOG, ...(this.dialogId === undefined ? {} : { dialogId: this.dialogId }) };
  }

  /** @param fresh headers that are asked for anew with each attempt. */
  create(
    method: string,
    options: RequestOptions,
    observer: ExchangeObserver = {},
    fresh: () => HeaderValues = () => ({}),
  ): ClientExchange {
    const { headers, body, contentType } = options;
    const { context, credentials } = this.#parts;
    const type = contentType === undefined ? {} : { "Content-Type": contentType };
    return new ClientExchange(
      context,
      {
        method,
        ...this.place,
        headers: () => mergeHeaders(context.profileHeaders, fresh(), type, headers),
        ...(body === undefined ? {} : { body }),
        credentials: { ...credentials, ...credentialsOf(options) },
        check: "Check that the other side answers it",
      },
      observer,
    );
  }

  /** Sends it; resolves with its final response. */
  async send(exchange: ClientExchange): Promise<Exchange> {
    await exchange.start();
    const result = await exchange.result();
    if (meansNoDialog(result.final)) this.#parts.gone();
    return result;
  }
}
