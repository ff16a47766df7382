export { getOwnAccount } from "./get-own-account.ts";
export { updateOwnProfile } from "./update-own-profile.ts";
