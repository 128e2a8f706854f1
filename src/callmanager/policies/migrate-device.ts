import type { Device } from "../../inventory/model.ts";
import type { Ruling } from "./ruling.ts";

/** Asked at the start, of each device that was configured on release 5.0. */
export interface MigrationQuestion {
  readonly device: Device;
}

export interface Migration extends Ruling {
  readonly outcome: "kept" | "changed";
  /** As the call manager has it from now on. */
  readonly device: Device;
}

/** What an upgrade makes of a device from release 5.0: nothing, it retains its values, 4 calls a line (CAP-03). */
export function migrateDevice({ device }: MigrationQuestion): Migration {
  return { outcome: "kept", rules: ["CAP-03"], reason: `${device.name} retains its values of release 5.0`, device };
}
