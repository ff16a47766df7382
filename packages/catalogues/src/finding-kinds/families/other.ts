import { kindsOf } from "../kinds-of.ts";

export const otherKinds = kindsOf("other", {
  unclassified: {
    title: "Not classified",
    means:
      "No rule, number or tag of the tool says what the finding is about. It flags nothing until a person or a newer table classifies it.",
    typicalSeverity: "info",
    task: null,
  },
});
