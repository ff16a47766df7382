/** Something that waits for its turn. */
export interface Waiting {
  readonly go: () => void;
  readonly refuse: () => void;
}

/** Who waits, owner by owner: each has one turn before anybody has a second. */
export class Turns {
  /** In the order in which their turns come. */
  readonly #owners = new Map<string, Waiting[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(owner: string, waiting: Waiting): void {
    const own = this.#owners.get(owner);
    if (own === undefined) this.#owners.set(owner, [waiting]);
    else own.push(waiting);
    this.#size += 1;
  }

  /** Takes the one whose turn it is. */
  next(): Waiting | undefined {
    const [first] = this.#owners;
    if (first === undefined) return undefined;
    const [owner, own] = first;
    const waiting = own.shift();
    this.#owners.delete(owner);
    // The others of this owner wait until everybody else had a turn.
    if (own.length > 0) this.#owners.set(owner, own);
    this.#size -= 1;
    return waiting;
  }

  /** Takes the last one of the owner who has most waiting, if that is more than `owner` has. */
  takeFromLargest(owner: string): Waiting | undefined {
    let largest = this.#owners.get(owner);
    const least = largest?.length ?? 0;
    for (const own of this.#owners.values()) if (own.length > (largest?.length ?? 0)) largest = own;
    if (largest === undefined || largest.length <= Math.max(least, 1)) return undefined;
    this.#size -= 1;
    return largest.pop();
  }
}
