package dev.lockstep.interop.tlsfuzzer;

import java.util.List;

/** What a result means once the exceptions are taken into account. */
enum Verdict {
    PASSED,
    /** It failed, and a listed exception explains every conversation of it that did. */
    EXPLAINED,
    FAILED;

    static Verdict of(ScriptResult result, List<ExceptionRule> rules) {
        if (result.passed()) {
            return PASSED;
        }
        boolean explained = !result.failed().isEmpty()
                && result.note().isEmpty()
                && result.failed().stream()
                        .allMatch(name -> rules.stream().anyMatch(rule -> rule.explains(result, name)));
        return explained ? EXPLAINED : FAILED;
    }
}
