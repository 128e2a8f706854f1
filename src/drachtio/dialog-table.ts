import { type ClientTransaction, decodeText, type Dialog, type SipRequest } from "../sip/index.ts";
import type { ApplicationConnection } from "./application-connection.ts";
import type { IncomingRequest } from "./incoming-request.ts";

/** A 2xx to an INVITE of ours that waits for the application's ACK. */
export interface AwaitedAck {
  readonly transaction: ClientTransaction;
  /** The application had cancelled the INVITE when the 2xx came: the call ends as soon as it is acknowledged. */
  readonly cancelled: boolean;
}

/** Reliable provisional responses to an INVITE of ours, as one fork of it sent them (RFC 3262 §4). */
export interface ReceivedProvisionals {
  readonly invite: ClientTransaction;
  /** RSeq of the last one. */
  rseq: number;
  /** RSeq of those that the application has not sent PRACK for. */
  readonly unacknowledged: Set<number>;
}

export interface HeldDialog {
  readonly id: string;
  readonly dialog: Dialog;
  /** Method of the request that began it. */
  readonly method: string;
  /** Requests from the network go to this application, whether or not it asked for their method. */
  readonly owner: ApplicationConnection;
  awaitedAck?: AwaitedAck | undefined;
  /** Of the INVITE of ours that had some last. */
  received?: ReceivedProvisionals | undefined;
  /** The peer's INVITE in it that has no final response yet, or still waits for a PRACK. */
  answering?: IncomingRequest | undefined;
}

/**
 * The id by which an application knows a dialog. `fromTag` is that of the request which began it, ours or theirs, so
 * all forks of a call share one id; drachtio-srf's `findDialogByCallIDAndFromTag` relies on the form.
 */
export function dialogId(callId: string, fromTag: string | undefined): string {
  // A meta field can't hold these, and no valid Call-ID or tag does.
  return decodeText(`${callId};from-tag=${fromTag ?? ""}`).replace(/[|\r\n]/g, "_");
}

/** The dialogs of one endpoint, by drachtio's ids. Forks of a call that are early share an id. */
export class DialogTable {
  readonly #dialogs = new Map<string, HeldDialog[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The dialog of that id; of several forks the one that began last. */
  get(id: string): HeldDialog | undefined {
    return this.#dialogs.get(id)?.at(-1);
  }

  /** All dialogs of that id, in the order in which they began. */
  forks(id: string): readonly HeldDialog[] {
    return this.#dialogs.get(id) ?? [];
  }

  add(held: HeldDialog): void {
    const forks = this.#dialogs.get(held.id);
    if (forks) forks.push(held);
    else this.#dialogs.set(held.id, [held]);
    this.#size += 1;
  }

  has(held: HeldDialog): boolean {
    return this.forks(held.id).includes(held);
  }

  remove(held: HeldDialog): void {
    const forks = this.#dialogs.get(held.id);
    const at = forks?.indexOf(held) ?? -1;
    if (!forks || at < 0) return;
    forks.splice(at, 1);
    if (forks.length === 0) this.#dialogs.delete(held.id);
    this.#size -= 1;
  }

  /** The dialog that a request from the network belongs to: Call-ID and both tags match (RFC 3261 §12.2.2). */
  find(request: SipRequest): HeldDialog | undefined {
    const { callId, fromTag = "", toTag } = request;
    if (toTag === undefined) return undefined;
    // They began it (their tag is in the id), or we did.
    return (
      this.#withTags(dialogId(callId, fromTag), toTag, fromTag) ??
      this.#withTags(dialogId(callId, toTag), toTag, fromTag)
    );
  }

  #withTags(id: string, localTag: string, remoteTag: string): HeldDialog | undefined {
    return this.#dialogs.get(id)?.find(({ dialog }) => dialog.localTag === localTag && dialog.remoteTag === remoteTag);
  }
}
