export { classifyRule, isInventory, type RuleFacts, type RuleSubject } from "./classification/classify-rule.ts";
export { kindOfMessage } from "./classification/kind-of-message.ts";
export { kindPassedBy } from "./classification/kind-of-rule-id.ts";
export type { ExposureRule } from "./exposure/exposure-rule.ts";
export { exposureRuleFor, type OpenService } from "./exposure/exposure-rule-for.ts";
export { exposureRules, exposureSource } from "./exposure/exposure-rules.ts";
export {
  type FindingKindDefinition,
  kindFamilies,
  type KindFamily,
  severities,
  type Severity,
} from "./finding-kinds/finding-kind.ts";
export { type FindingKind, findingKindNamed, findingKinds, kindsVersion } from "./finding-kinds/finding-kinds.ts";
