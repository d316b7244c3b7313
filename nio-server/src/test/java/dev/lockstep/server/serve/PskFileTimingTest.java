package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Difference;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The look-up of an identity that a file has not takes as long as that of one that it has. */
class PskFileTimingTest {

    private static final int SAMPLES = 20_000;
    private static final int IDENTITIES = 100;

    /** What two sets of unknown identities differ by, whose searches end at other entries; in nanoseconds. */
    private static final double CACHE_NANOS = 2;

    @TempDir
    Path directory;

    private PskFile file() throws Exception {
        Random random = new Random(4279);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < IDENTITIES; i++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            lines.append(name('k', i))
                    .append(':')
                    .append(HexFormat.of().formatHex(key))
                    .append('\n');
        }
        return PskFile.read(Files.writeString(directory.resolve("keys.psk"), lines));
    }

    private static String name(char first, int number) {
        return String.format("%cmeter-%04d", first, number);
    }

    /** Identities of one length, that the file has or has not. */
    private static class Lookups implements Subject {

        private final Random random = new Random(2);
        private final PskSource source;
        private final byte[] identity = new byte[name('k', 0).length()];
        private PskRequest request = request();
        private int failed;

        Lookups(PskSource source) {
            this.source = source;
        }

        private PskRequest request() {
            return new PskRequest(PskIdentity.of(identity), null, OptionalLong.empty());
        }

        @Override
        public final void prepare(boolean second) {
            byte[] name = name("ku".charAt(second ? 1 : 0), random.nextInt(IDENTITIES))
                    .getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(name, 0, identity, 0, identity.length);
            request = request();
        }

        @Override
        public final void run() throws Exception {
            Start<Optional<byte[]>> start = source.start(request, () -> {});
            failed += start instanceof Start.Ready<Optional<byte[]>> ? 0 : 1;
        }
    }

    @Test
    void anUnknownIdentityTakesAsLongAsAKnownOne() throws Exception {
        Lookups lookups = new Lookups(file());
        Difference found = TimingComparison.measure("PSK file, unknown identity", SAMPLES, lookups);
        assertThat(found.t() < 10 || found.nanos() < CACHE_NANOS)
                .as(found.toString())
                .isTrue();
        assertThat(lookups.failed).isZero();
    }

    /** The control: a source that looks elsewhere for what it does not find. */
    @Test
    void aSecondLookUpIsFound() throws Exception {
        PskFile file = file();
        PskSource twice = (request, waker) -> {
            Start<Optional<byte[]>> start = file.start(request, waker);
            boolean found = start instanceof Start.Ready<Optional<byte[]>> ready
                    && ready.operation().resume() instanceof Progress.Done<Optional<byte[]>> done
                    && done.value().isPresent();
            return found ? start : file.start(request, waker);
        };
        assertThat(TimingComparison.control("control, PSK source that looks twice", SAMPLES, new Lookups(twice)))
                .isGreaterThan(10);
    }
}
