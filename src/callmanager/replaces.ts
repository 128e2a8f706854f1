/** What a dialog is known by, as we see it (RFC 3261 §12). */
export interface DialogTags {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** A dialog of ours that a phone names by Replaces (RFC 3891 §6.1). */
export interface NamedDialog extends DialogTags {
  readonly earlyOnly: boolean;
}

/** Reads the value of a Replaces, in a header or a URI; without its tags it names no dialog. */
export function namedDialog(value: string): NamedDialog {
  const [callId = "", ...rest] = value.split(";");
  const parameters = new Map(rest.map((text) => splitAt(text, "=")));
  // To-tag is ours: whoever wrote it has it for the other end of its dialog, which is us (RFC 3891 §3).
  return {
    callId: callId.trim(),
    localTag: parameters.get("to-tag") ?? "",
    remoteTag: parameters.get("from-tag") ?? "",
    earlyOnly: parameters.has("early-only"),
  };
}

function splitAt(text: string, separator: string): readonly [name: string, value: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim().toLowerCase(), ""] : [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
