import type { Device, Line } from "../../inventory/model.ts";
import type { Directory } from "../directory.ts";
import type { Binding } from "../location-service.ts";
import type { Ruling } from "./ruling.ts";

/** Asked of every binding when the lab was reconfigured. */
export interface RetentionQuestion {
  readonly binding: Binding;
  /** As it is now. */
  readonly directory: Directory;
}

export type Retention = Ruling &
  (
    | { readonly outcome: "kept"; /** As they are now. */ readonly device: Device; readonly line: Line }
    | { readonly outcome: "dropped" }
  );

/**
 * Whether a phone stays registered when its settings change. A binding goes with the directory number that it was made
 * for: once the phone has no such line any more, nobody reaches it there (PRV-06). Another Digest User, profile or
 * check box leaves it: they are asked again at the next request (REG-11, REG-16).
 */
export function retainBinding({ binding, directory }: RetentionQuestion): Retention {
  const { directoryNumber, partition } = binding.line;
  const device = directory.device(binding.device.name);
  const lines = device?.lines.filter((line) => line.directoryNumber === directoryNumber) ?? [];
  const line = lines.find((candidate) => candidate.partition === partition) ?? lines[0];
  if (!device || !line) {
    return {
      outcome: "dropped",
      rules: ["PRV-06"],
      reason: `${binding.device.name} has no line ${directoryNumber} any more`,
    };
  }
  return { outcome: "kept", rules: [], reason: `${device.name} still has line ${directoryNumber}`, device, line };
}
