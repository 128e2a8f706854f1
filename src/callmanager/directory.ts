import type { Device, Lab, Line, User } from "../inventory/model.ts";

/** A directory number as it stands on one device; a shared line has several appearances. */
export interface Appearance {
  readonly device: Device;
  readonly line: Line;
}

/** The lab, indexed for the questions that policies ask. Immutable: a reconfigured lab makes a new one. */
export class Directory {
  readonly lab: Lab;
  readonly #byDigestUser = new Map<string, Device[]>();
  readonly #byNumber = new Map<string, Appearance[]>();
  readonly #byName = new Map<string, Device>();

  constructor(lab: Lab) {
    this.lab = lab;
    for (const device of lab.devices) {
      this.#byName.set(device.name, device);
      if (device.digestUser !== undefined) append(this.#byDigestUser, device.digestUser, device);
      for (const line of device.lines) append(this.#byNumber, line.directoryNumber, { device, line });
    }
  }

  user(id: string): User | undefined {
    return this.lab.users.get(id);
  }

  device(name: string): Device | undefined {
    return this.#byName.get(name);
  }

  /** Devices whose Digest User field names `userId`, in the order of the lab. */
  devicesOfDigestUser(userId: string): readonly Device[] {
    return this.#byDigestUser.get(userId) ?? [];
  }

  /** Every appearance of `number`, in whatever partition, in the order of the lab. */
  appearances(number: string): readonly Appearance[] {
    return this.#byNumber.get(number) ?? [];
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
