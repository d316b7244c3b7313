package dev.lockstep.server;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Which options of a command need another one, and which exclude each other. An option without effect is a mistake: its user
 * believes that something is allowed, checked or written, and nothing would say otherwise.
 *
 * @param needed for each option those of which one has to be there
 * @param excluded for each option those that leave it without effect or contradict it
 */
public record OptionRules(Map<String, List<String>> needed, Map<String, List<String>> excluded) {

    /**
     * Applies the rules to a command line.
     *
     * @throws UsageError for the first option that was given and has no effect
     */
    public void check(ParseResult given) throws UsageError {
        for (Map.Entry<String, List<String>> each : needed.entrySet()) {
            String option = each.getKey();
            List<String> others = each.getValue();
            if (given.hasMatchedOption(option) && others.stream().noneMatch(given::hasMatchedOption)) {
                throw new UsageError(
                        option,
                        "has no effect without " + String.join(" or ", others),
                        "give " + withValue(given, others.get(0)) + " too, or leave it out");
            }
        }
        for (Map.Entry<String, List<String>> each : excluded.entrySet()) {
            for (String other : each.getValue()) {
                if (given.hasMatchedOption(each.getKey()) && given.hasMatchedOption(other)) {
                    throw new UsageError(each.getKey(), "was given together with " + other, "choose one");
                }
            }
        }
    }

    private static String withValue(ParseResult given, String name) {
        OptionSpec option = given.commandSpec().findOption(name);
        return option.arity().max() == 0 ? name : name + " " + option.paramLabel();
    }
}
