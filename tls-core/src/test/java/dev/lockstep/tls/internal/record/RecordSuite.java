package dev.lockstep.tls.internal.record;

import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.MacAlgorithm;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A way to protect records, with fixed keys: a suite stands for all that share its cipher and MAC. */
record RecordSuite(CipherSuite suite, boolean encryptThenMac, byte[] macKey, byte[] key, byte[] fixedIv) {

    /** Every bulk cipher with every MAC it goes with, CBC in both orders. */
    static Stream<RecordSuite> all() {
        Set<String> seen = new HashSet<>();
        List<RecordSuite> suites = new ArrayList<>();
        for (CipherSuite suite : CipherSuite.values()) {
            if (seen.add(suite.bulkCipher() + " " + (suite.isAead() ? "" : suite.mac()))) {
                suites.add(of(suite, false));
                if (!suite.isAead()) {
                    suites.add(of(suite, true));
                }
            }
        }
        return suites.stream();
    }

    static Stream<RecordSuite> aead() {
        return all().filter(s -> s.suite.isAead());
    }

    static Stream<RecordSuite> cbc() {
        return all().filter(s -> !s.suite.isAead());
    }

    static RecordSuite of(CipherSuite suite, boolean encryptThenMac) {
        int macLength = suite.isAead() ? 0 : suite.mac().length();
        return new RecordSuite(
                suite,
                encryptThenMac,
                pattern(macLength, 1),
                pattern(suite.bulkCipher().keyLength(), 2),
                pattern(suite.bulkCipher().fixedIvLength(), 3));
    }

    BulkCipher cipher() {
        return suite.bulkCipher();
    }

    MacAlgorithm mac() {
        return suite.mac();
    }

    Protection sealing() {
        return sealing(new CountingRandom());
    }

    Protection sealing(SecureRandom ivSource) {
        return Protection.sealing(suite, macKey, key, fixedIv, encryptThenMac, ivSource, PrimitiveSources.JAVA);
    }

    Protection opening() {
        return Protection.opening(suite, macKey, key, fixedIv, encryptThenMac, PrimitiveSources.JAVA);
    }

    /** Bytes that this much plaintext, cut into fragments of at most {@code limit} bytes, takes as records. */
    static int recordsLength(RecordWriter writer, int plaintext, int limit) {
        int rest = plaintext % limit;
        int whole =
                plaintext / limit * (RecordHeader.LENGTH + writer.protection().sealedLength(limit));
        return rest == 0
                ? whole
                : whole + RecordHeader.LENGTH + writer.protection().sealedLength(rest);
    }

    /** Bytes that differ from one another and from seed to seed. */
    static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed * 101 + i * 7 + (i >> 8));
        }
        return bytes;
    }

    @Override
    public String toString() {
        return cipher() + (suite.isAead() ? "" : " " + mac() + (encryptThenMac ? " EtM" : " MtE"));
    }

    /** Gives 00 01 02 .. in every call, and counts the calls in the first byte. */
    static final class CountingRandom extends SecureRandom {
        private static final long serialVersionUID = 1;
        private int calls;

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) i;
            }
            bytes[0] = (byte) calls++;
        }
    }
}
