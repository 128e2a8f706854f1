import { formatUri, isSipUri, parseUri, type SipRequest } from "../sip/message/index.ts";

/** What a dialog is called by the phone that has it (RFC 3261 §12). */
export interface DialogNames {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** URI of the other side. */
  readonly remoteUri: string;
}

/** The other side of a dialog as Refer-To names it: its URI, with a Replaces that it will know the dialog by. */
export function replacesOf({ callId, localTag, remoteTag, remoteUri }: DialogNames): string {
  // To-tag and from-tag are the reader's local and remote tag (RFC 3891 §3), so the other way round for us.
  const value = encodeURIComponent(`${callId};to-tag=${remoteTag};from-tag=${localTag}`);
  const uri = parseUri(remoteUri);
  return isSipUri(uri) ? formatUri({ ...uri, headers: [["Replaces", value]] }) : remoteUri;
}

/** The dialog that an INVITE is to replace, in the words of the phone that gets it. */
export interface Replaced {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly earlyOnly: boolean;
}

/** Reads the Replaces of an INVITE (RFC 3891 §6.1); undefined: there is none. */
export function replacedBy(invite: SipRequest): Replaced | undefined {
  const value = invite.get("Replaces");
  if (value === undefined) return undefined;
  const [callId = "", ...rest] = value.split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = "", text = ""] = part.split("=", 2);
      return [name.toLowerCase(), text] as const;
    }),
  );
  return {
    callId,
    localTag: parameters.get("to-tag") ?? "",
    remoteTag: parameters.get("from-tag") ?? "",
    earlyOnly: parameters.has("early-only"),
  };
}
