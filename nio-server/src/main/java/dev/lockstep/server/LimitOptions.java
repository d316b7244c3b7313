package dev.lockstep.server;

import dev.lockstep.nio.Limits;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limits on what clients may cost a server, each and together. {@code docs/guide/limits.md} explains them. */
@HelpSection(HelpSection.LIMITS)
public final class LimitOptions {

    /** Enough for every known client, with a large ticket; the library's own default is for any legal ClientHello. */
    static final int MAX_CLIENT_HELLO = 1 << 15;

    private static final int MIB = 1 << 20;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description =
                    "Open connections, at most 1048576; by default as many as a quarter of the heap and the limit of open files have"
                            + " room for, at most 20000.")
    private @Nullable String connections;

    @Option(
            names = "--max-connections-per-address",
            paramLabel = "N",
            description =
                    "Open connections of one IPv4 address or IPv6 /64, at most --max-connections; a quarter of it by default."
                            + " Behind a proxy, give all.")
    private @Nullable String perAddress;

    @Option(
            names = "--max-connection-memory",
            paramLabel = "MIB",
            description = "Memory of all connections together, in MiB, at most the heap; a quarter of it by default.")
    private @Nullable String memory;

    @Option(
            names = "--max-client-hello",
            paramLabel = "BYTES",
            description = "The longest ClientHello that is accepted, 512 to 196608 bytes; 32768 by default.")
    private @Nullable String clientHello;

    /** Returns whether the share of one address was asked for. */
    public boolean isShareGiven() {
        return perAddress != null;
    }

    /**
     * Returns the limits of the loop.
     *
     * @param descriptorsEach how many descriptors a connection takes
     */
    public Limits limits(int descriptorsEach) throws UsageError {
        return limits(Descriptors.most(), descriptorsEach);
    }

    /** As {@link #limits(int)}, with a stated limit on open descriptors. */
    Limits limits(long descriptors, int descriptorsEach) throws UsageError {
        Limits limits = Limits.DEFAULT.withinDescriptors(descriptors, descriptorsEach);
        if (memory != null) {
            int most = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / MIB);
            long mib = Numbers.require("--max-connection-memory", memory, 1, most, "give less than the heap (-Xmx)");
            limits = limits.withMemory(mib * MIB);
        }
        if (connections != null) {
            limits = limits.withConnections(Numbers.require(
                    "--max-connections", connections, 1, 1 << 20, "give how many connections there may be"));
        }
        if (perAddress != null) {
            int share = Numbers.require(
                    "--max-connections-per-address",
                    perAddress,
                    1,
                    limits.connections(),
                    "give at most the number of --max-connections");
            limits = limits.withConnections(limits.connections(), share);
        }
        return limits;
    }

    /**
     * Warns when there are not enough descriptors for the connections that were asked for.
     *
     * @param descriptorsEach how many a connection takes
     */
    public void check(int descriptorsEach, Consumer<String> warnings) throws UsageError {
        check(Descriptors.most(), descriptorsEach, warnings);
    }

    /** As {@link #check(int, Consumer)}, with a stated limit on open descriptors. */
    void check(long descriptors, int descriptorsEach, Consumer<String> warnings) throws UsageError {
        Limits asked = limits(descriptors, descriptorsEach);
        int room = asked.withinDescriptors(descriptors, descriptorsEach).connections();
        if (room < asked.connections()) {
            warnings.accept(
                    "--max-connections: " + asked.connections() + " connections need more than the " + descriptors
                            + " descriptors that this process may have; raise that limit (ulimit -n, LimitNOFILE=), or give at most "
                            + room);
        }
    }

    /**
     * Checks that every loop has a part of what was asked for: all of them together would have more than that otherwise.
     *
     * @param loops how many there are
     */
    public void requireForEach(int loops) throws UsageError {
        Limits asked = limits(Long.MAX_VALUE, 1);
        if (connections != null && asked.connections() < loops) {
            throw new UsageError(
                    "--max-connections",
                    asked.connections() + " are fewer than the " + loops + " loops of --threads",
                    "give one for each loop at least, or fewer --threads");
        }
        if (memory != null && asked.memory() / loops < Limits.LEAST_MEMORY) {
            throw new UsageError(
                    "--max-connection-memory",
                    memory + " MiB are less than " + Limits.LEAST_MEMORY / 1024 + " KiB for each of the " + loops
                            + " loops of --threads",
                    "give more, or fewer --threads");
        }
    }

    /** Sets what one connection may send. */
    public void apply(TlsServerConfigBuilder builder) throws UsageError {
        int most = clientHello == null
                ? MAX_CLIENT_HELLO
                : Numbers.require("--max-client-hello", clientHello, 512, 196_608, "give a number of bytes");
        builder.bounds(Bounds.DEFAULT.withMaxClientHello(most));
    }
}
