import { type ClientTransaction, decodeText, type Dialog, type SipRequest } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";

/** A 2xx to an INVITE of ours that waits for the application's ACK. */
export interface AwaitedAck {
  readonly transaction: ClientTransaction;
  /** The application had cancelled the INVITE when the 2xx came: the call ends as soon as it is acknowledged. */
  readonly cancelled: boolean;
}

export interface HeldDialog {
  readonly id: string;
  readonly dialog: Dialog;
  /** Method of the request that began it. */
  readonly method: string;
  /** Requests from the network go to this application, whether or not it asked for their method. */
  readonly owner: ApplicationConnection;
  awaitedAck?: AwaitedAck | undefined;
}

/**
 * The id by which an application knows a dialog. `fromTag` is that of the request which began it, ours or theirs, so
 * all forks of a call share one id; drachtio-srf's `findDialogByCallIDAndFromTag` relies on the form.
 */
export function dialogId(callId: string, fromTag: string | undefined): string {
  // A meta field can't hold these, and no valid Call-ID or tag does.
  return decodeText(`${callId};from-tag=${fromTag ?? ""}`).replace(/[|\r\n]/g, "_");
}

/** The dialogs of one endpoint, by drachtio's ids. */
export class DialogTable {
  readonly #dialogs = new Map<string, HeldDialog>();

  get size(): number {
    return this.#dialogs.size;
  }

  get(id: string): HeldDialog | undefined {
    return this.#dialogs.get(id);
  }

  add(held: HeldDialog): void {
    this.#dialogs.set(held.id, held);
  }

  has(held: HeldDialog): boolean {
    return this.#dialogs.get(held.id) === held;
  }

  remove(held: HeldDialog): void {
    if (this.has(held)) this.#dialogs.delete(held.id);
  }

  /** The dialog that a request from the network belongs to: Call-ID and both tags match (RFC 3261 §12.2.2). */
  find(request: SipRequest): HeldDialog | undefined {
    const { callId, fromTag, toTag } = request;
    if (toTag === undefined) return undefined;
    // They began it (their tag is in the id), or we did.
    for (const tag of [fromTag, toTag]) {
      const held = this.#dialogs.get(dialogId(callId, tag));
      if (held && held.dialog.localTag === toTag && held.dialog.remoteTag === (fromTag ?? "")) return held;
    }
    return undefined;
  }
}
