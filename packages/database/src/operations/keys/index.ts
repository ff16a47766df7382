export { type KeyRotation, rotateKeys, type RotateKeysOptions, type RotationProgress } from "./rotate-keys.ts";
