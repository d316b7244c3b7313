package dev.lockstep.server.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A {@link System.Logger} that writes each message as the line that it is. Throws {@link UncheckedIOException} when it could
 * not be written.
 */
final class LineLogger implements System.Logger {

    private final String name;
    private final LineOutput out;
    private final Level least;

    LineLogger(String name, LineOutput out, Level least) {
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
            try {
                out.write(thrown == null ? String.valueOf(message) : message + " " + thrown);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... arguments) {
        boolean plain = arguments == null || arguments.length == 0 || format == null;
        log(level, bundle, plain ? format : new MessageFormat(format, Locale.ROOT).format(arguments), (Throwable) null);
    }
}
