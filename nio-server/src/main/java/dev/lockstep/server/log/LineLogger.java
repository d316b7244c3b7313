package dev.lockstep.server.log;

import java.io.PrintWriter;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** A {@link System.Logger} that prints each message as the line that it is. */
final class LineLogger implements System.Logger {

    private final String name;
    private final PrintWriter out;
    private final Level least;

    LineLogger(String name, PrintWriter out, Level least) {
        this.name = name;
        this.out = out;
        this.least = least;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level != Level.OFF && level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            out.println(thrown == null ? message : message + " " + thrown);
            out.flush();
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... arguments) {
        boolean plain = arguments == null || arguments.length == 0 || format == null;
        log(level, bundle, plain ? format : new MessageFormat(format, Locale.ROOT).format(arguments), (Throwable) null);
    }
}
