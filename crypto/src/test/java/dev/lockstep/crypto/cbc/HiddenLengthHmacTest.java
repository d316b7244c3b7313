package dev.lockstep.crypto.cbc;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.concat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.SymmetricVectors;
import dev.lockstep.crypto.cbc.CbcHmac.Order;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.HmacTest;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the work done for a MAC-then-encrypt record depends on its public length and on nothing else. */
class HiddenLengthHmacTest {
    /** Compressions and calls, over both digests of one receiver. */
    private static final class Work {
        int compressions;
        int calls;

        @Override
        public String toString() {
            return compressions + " compressions, " + calls + " calls";
        }
    }

    /** Counts what FIPS 180-4 makes of the bytes fed in. */
    private static final class CountingDigest extends MessageDigest {
        private final MessageDigest delegate;
        private final HashAlgorithm hash;
        private final Work work;
        private int buffered;

        CountingDigest(HashAlgorithm hash, Work work) {
            super(hash.jdkName());
            this.delegate = hash.newDigest();
            this.hash = hash;
            this.work = work;
        }

        private void count(int length) {
            work.calls++;
            work.compressions += (buffered + length) / hash.blockLength();
            buffered = (buffered + length) % hash.blockLength();
        }

        @Override
        protected void engineUpdate(byte input) {
            count(1);
            delegate.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int len) {
            count(len);
            delegate.update(input, offset, len);
        }

        @Override
        protected byte[] engineDigest() {
            work.calls++;
            work.compressions += buffered + 1 + hash.blockLength() / 8 <= hash.blockLength() ? 1 : 2;
            buffered = 0;
            return delegate.digest();
        }

        @Override
        protected int engineGetDigestLength() {
            return hash.length();
        }

        @Override
        protected void engineReset() {
            buffered = 0;
            delegate.reset();
        }
    }

    private static String workFor(CbcHmac opening, Work work, byte[] sealed, boolean valid) {
        work.compressions = 0;
        work.calls = 0;
        byte[] out = new byte[sealed.length];
        int length = opening.open(ReferenceCbc.HEADER.clone(), sealed, 0, sealed.length, out, 0);
        assertThat(length >= 0).isEqualTo(valid);
        return work.toString();
    }

    private static CbcHmac counted(ReferenceCbc r, Work work) {
        return new CbcHmac(
                r.order(), false, r.cipher(), r.hash(), r.key(), r.macKey(), () -> new CountingDigest(r.hash(), work));
    }

    @ParameterizedTest
    @EnumSource(names = {"SHA1", "SHA256", "SHA384"})
    void theNumberOfCompressionsDependsOnThePublicLengthOnly(HashAlgorithm hash) {
        // RFC 5246 6.2.3.2-5
        ReferenceCbc reference = ReferenceCbc.of(Order.MAC_THEN_ENCRYPT, CbcCipher.AES_128, hash);
        Work work = new Work();
        CbcHmac opening = counted(reference, work);
        Set<String> all = new HashSet<>();
        for (int blocks = hash.length() / 16 + 1; blocks <= 60; blocks++) {
            Set<String> seen = new HashSet<>();
            int size = 16 * blocks;
            for (int count = 1; count <= Math.min(256, size - hash.length()); count++) {
                byte[] plain = bytes(count, size - hash.length() - count);
                byte[] mac = reference.mac(plain.length, plain);
                byte[] padding = ReferenceCbc.padding(count);
                seen.add(workFor(opening, work, reference.seal(plain, count), true));
                mac[count % mac.length] ^= 1;
                seen.add(workFor(opening, work, reference.encrypt(concat(plain, mac, padding)), false));
                mac[count % mac.length] ^= 1;
                if (count > 1) {
                    padding[0] ^= 1;
                    seen.add(workFor(opening, work, reference.encrypt(concat(plain, mac, padding)), false));
                }
            }
            seen.add(workFor(opening, work, reference.encrypt(SymmetricVectors.repeated(0xff, size)), false));
            assertThat(seen).as("%d blocks", blocks).hasSize(1);
            all.addAll(seen);
        }
        assertThat(all).as("longer records take more").hasSizeGreaterThan(4);
    }

    @Test
    void encryptThenMacDoesNotHashMoreForItsPaddingEither() {
        ReferenceCbc reference = ReferenceCbc.of(Order.ENCRYPT_THEN_MAC, CbcCipher.AES_128, HashAlgorithm.SHA256);
        Work work = new Work();
        CbcHmac opening = counted(reference, work);
        Set<String> seen = new HashSet<>();
        for (int count = 1; count <= 256; count++) {
            seen.add(workFor(opening, work, reference.seal(bytes(count, 400 - count), count), true));
        }
        assertThat(seen).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void theMacOfEveryHiddenLengthIsTheOrdinaryOne(HashAlgorithm hash) {
        byte[] key = bytes(1, hash.length());
        byte[] data = bytes(2, 900);
        byte[] header = bytes(3, 13);
        byte[] mac = new byte[hash.length()];
        HiddenLengthHmac hmac = new HiddenLengthHmac(hash, key, hash.newDigest(), hash.newDigest());
        for (int longest : new int[] {0, 1, 50, 51, 63, 114, 115, 243, 255, 256, 300, 500, 511, 890}) {
            int shortest = Math.max(0, longest - HiddenLengthHmac.MAX_SPAN);
            for (int hidden = shortest; hidden <= longest; hidden++) {
                hmac.macHidden(header, data, 7, shortest, longest, hidden, mac);
                assertThat(mac)
                        .as("%d in %d to %d", hidden, shortest, longest)
                        .isEqualTo(HmacTest.bouncyCastle(hash, key, header, Arrays.copyOfRange(data, 7, 7 + hidden)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theMacIsFoundAtEveryHiddenPlace(HashAlgorithm hash) {
        byte[] data = bytes(4, 900);
        byte[] mac = new byte[hash.length()];
        HiddenLengthHmac hmac = new HiddenLengthHmac(hash, bytes(1, hash.length()), hash.newDigest(), hash.newDigest());
        for (int longest : new int[] {0, 1, 2, 7, 128, 200, 255, 256, 700}) {
            int shortest = Math.max(0, longest - HiddenLengthHmac.MAX_SPAN);
            for (int hidden = shortest; hidden <= longest; hidden++) {
                hmac.extract(data, 5, shortest, longest, hidden, mac);
                assertThat(mac).isEqualTo(Arrays.copyOfRange(data, 5 + hidden, 5 + hidden + hash.length()));
            }
        }
    }
}
