package dev.lockstep.server;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Prints the options of a command in sections, as {@link HelpSection} says. */
final class SectionedHelp {

    private static final String OTHERS = "Help";

    private SectionedHelp() {}

    /** Changes the help of a command. */
    static void apply(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, SectionedHelp::options);
    }

    private static String options(Help help) {
        Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        List<OptionSpec> others = new ArrayList<>();
        for (OptionSpec option : help.commandSpec().options()) {
            String title = section(option);
            if (title.equals(OTHERS)) {
                others.add(option);
            } else {
                sections.computeIfAbsent(title, any -> new ArrayList<>()).add(option);
            }
        }
        sections.put(OTHERS, others);
        StringBuilder text = new StringBuilder();
        sections.forEach((title, options) -> text.append(System.lineSeparator())
                .append(title)
                .append(':')
                .append(System.lineSeparator())
                .append(help.optionListExcludingGroups(options)));
        return text.toString();
    }

    /** The field's own section comes before that of its class. */
    private static String section(OptionSpec option) {
        if (!(option.userObject() instanceof Field field)) {
            return OTHERS;
        }
        HelpSection own = field.getAnnotation(HelpSection.class);
        HelpSection all = field.getDeclaringClass().getAnnotation(HelpSection.class);
        return own != null ? own.value() : all != null ? all.value() : OTHERS;
    }
}
