import { InternalError } from "../../core/errors.ts";
import type { Network } from "./network.ts";

/** The kernel's sockets. */
export function nodeNetwork(): Network {
  throw new InternalError("not there yet", { code: "ERR_NOT_IMPLEMENTED" });
}
