import type { Dialog } from "../../../src/sip/dialog/index.ts";
import type { Exchange, RawPhone } from "./raw-phone.ts";
import { AUDIO, sdp } from "./sdp.ts";

export const CALLER = sdp("198.51.100.21", AUDIO);
export const CALLEE = sdp("198.51.100.22", AUDIO.replace("20000", "30000"));

/** A call that is up, as both phones know it. */
export interface Up {
  readonly call: Exchange;
  readonly callerDialog: Dialog;
  readonly calleeDialog: Dialog;
}

/** Brings a call up, delayed offer or early: what the called phone says is its 200's body. */
export async function connect(
  caller: RawPhone,
  callee: RawPhone,
  bodies: { offer?: string; answer?: string } = {},
): Promise<Up> {
  const { offer = CALLER, answer = CALLEE } = bodies;
  const call = await caller.call(callee.options.number, offer);
  const calleeDialog = await callee.accept(await callee.take("INVITE"), answer, [["Allow", "INVITE, UPDATE"]]);
  const callerDialog = caller.dialogOf(call);
  await caller.ack(call, callerDialog);
  return { call, callerDialog, calleeDialog };
}
