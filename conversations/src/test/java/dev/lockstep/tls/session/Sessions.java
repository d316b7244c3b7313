package dev.lockstep.tls.session;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/** Sessions and clocks for the tests of this package. */
final class Sessions {

    /** A wall clock that a test moves. */
    static final class WallClock implements InstantSource {
        long seconds = 1_800_000_000L;

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(seconds);
        }
    }

    private Sessions() {}

    static byte[] secret(int filling) {
        byte[] secret = new byte[48];
        Arrays.fill(secret, (byte) filling);
        return secret;
    }

    static ResumableSession of(int filling, long createdAt) {
        return ResumableSession.builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, secret(filling), createdAt)
                .build();
    }

    static SessionId id(int number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (number >>> 8 * i);
        }
        return new SessionId(bytes);
    }

    /** The value of an operation that answers immediately. */
    static <T> T now(Start<T> start) throws Exception {
        Progress<T> progress = ((Start.Ready<T>) start).operation().resume();
        return ((Progress.Done<T>) progress).value();
    }
}
