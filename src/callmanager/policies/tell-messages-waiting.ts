import type { Binding } from "../location-service.ts";
import type { Ruling } from "./ruling.ts";

export interface MessagesWaitingQuestion {
  readonly binding: Binding;
  /** The line was registered already: this is a refresh, or a move. */
  readonly refresh: boolean;
}

export interface MessagesWaiting extends Ruling {
  readonly outcome: "told" | "untold";
  /** Body of the NOTIFY (RFC 3842 §5.2), where it is told. */
  readonly summary: string;
}

/** Whether a NOTIFY tells the phone of messages waiting: once a line has registered (REG-27). There are no mailboxes. */
export function tellMessagesWaiting({ binding, refresh }: MessagesWaitingQuestion): MessagesWaiting {
  const whose = `${binding.device.name} line ${binding.line.directoryNumber}`;
  return {
    outcome: refresh ? "untold" : "told",
    rules: ["REG-27"],
    reason: refresh ? `${whose} has been told` : `${whose} has registered`,
    summary: "Messages-Waiting: no\r\n",
  };
}
