package dev.lockstep.server;

import dev.lockstep.nio.TlsLoops;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the commands have from outside.
 *
 * @param out for what was asked for
 * @param err for errors
 * @param variables the environment variables, by name
 * @param clock the time of day
 * @param started is told of the loops before they run, so that their starter can stop them
 */
public record Environment(
        PrintWriter out,
        PrintWriter err,
        UnaryOperator<@Nullable String> variables,
        Clock clock,
        Consumer<TlsLoops> started) {

    static Environment ofProcess() {
        return new Environment(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                name -> name == null ? null : System.getenv(name),
                Clock.systemUTC(),
                loop -> {});
    }
}
