package dev.lockstep.server;

import dev.lockstep.nio.TlsLoops;
import dev.lockstep.server.files.ProcessWriter;
import java.io.FileDescriptor;
import java.io.PrintWriter;
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
                ProcessWriter.of(FileDescriptor.out),
                ProcessWriter.of(FileDescriptor.err),
                name -> name == null ? null : System.getenv(name),
                Clock.systemUTC(),
                loop -> {});
    }
}
