package dev.lockstep.server.log;

import dev.lockstep.server.Environment;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import java.lang.System.Logger.Level;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How a command logs its events, to the standard error stream. */
@HelpSection(HelpSection.OPERATION)
public final class LogOptions {

    @Option(
            names = "--log-format",
            paramLabel = "FORM",
            description = "Events as text or json, a line each on the error stream; ${DEFAULT-VALUE} by default.")
    private String format = "text";

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "Leave out events below debug, info, warning or error; ${DEFAULT-VALUE} by default.")
    private String level = "info";

    /** Opens the log. */
    public EventLog open(Environment environment) throws UsageError {
        return EventLog.to(environment.err(), format(), level(), environment.clock());
    }

    /** Returns the form that was asked for. */
    public LogFormat format() throws UsageError {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new UsageError("--log-format", "'" + format + "' is no form of a log", "use text or json");
        };
    }

    private Level level() throws UsageError {
        return switch (level.toLowerCase(Locale.ROOT)) {
            case "debug" -> Level.DEBUG;
            case "info" -> Level.INFO;
            case "warning" -> Level.WARNING;
            case "error" -> Level.ERROR;
            default ->
                throw new UsageError("--log-level", "'" + level + "' is no level", "use debug, info, warning or error");
        };
    }
}
