/** What an installation demands of accounts and keys; it holds for whoever uses the handle. */
export interface AccountPolicy {
  /** Days after which an API key ends unless told otherwise. */
  readonly keyDays: number;
  /** Most days that an API key lives. */
  readonly longestKeyDays: number;
  /** Whether an API key may be made that never ends. */
  readonly keysWithoutEnd: boolean;
}

export const defaultAccountPolicy: AccountPolicy = {
  keyDays: 90,
  longestKeyDays: 365,
  keysWithoutEnd: false,
};
