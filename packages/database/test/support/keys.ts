/** A fixed key, so that what one handle encrypts another can read. */
export const testKeys = { current: { id: "test", key: new Uint8Array(32).fill(7) } };
