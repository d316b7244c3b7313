package dev.lockstep.crypto;

import dev.lockstep.crypto.hash.HashAlgorithm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Reads published values from the resource files beside this class: one line, one case. */
public final class SymmetricVectors {
    private SymmetricVectors() {}

    /** One line of an AEAD file. */
    public record AeadCase(
            String name, String verdict, byte[] key, byte[] nonce, byte[] aad, byte[] plain, byte[] sealed) {
        public boolean valid() {
            return verdict.equals("valid");
        }

        @Override
        public String toString() {
            return name + " " + verdict;
        }
    }

    /** One line of the HMAC file. */
    public record HmacCase(String name, String verdict, HashAlgorithm hash, byte[] key, byte[] message, byte[] tag) {
        public boolean valid() {
            return verdict.equals("valid");
        }

        @Override
        public String toString() {
            return name + " " + hash + " " + verdict;
        }
    }

    public static List<AeadCase> aead(String file) {
        List<AeadCase> cases = new ArrayList<>();
        for (String[] f : lines(file, 8)) {
            cases.add(
                    new AeadCase(f[0], f[1], hex(f[2]), hex(f[3]), hex(f[4]), hex(f[5]), concat(hex(f[6]), hex(f[7]))));
        }
        return cases;
    }

    public static List<HmacCase> hmac(String file) {
        List<HmacCase> cases = new ArrayList<>();
        for (String[] f : lines(file, 6)) {
            cases.add(new HmacCase(f[0], f[1], HashAlgorithm.valueOf(f[2]), hex(f[3]), hex(f[4]), hex(f[5])));
        }
        return cases;
    }

    /** Fields of every line that is not a comment, the file's name and line number in front. */
    private static List<String[]> lines(String file, int fields) {
        InputStream in = Objects.requireNonNull(SymmetricVectors.class.getResourceAsStream(file), file);
        List<String[]> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.startsWith("#")) {
                    continue;
                }
                String[] split = (file + ":" + number + " " + line).split(" ", -1);
                if (split.length != fields) {
                    throw new IllegalStateException(split[0] + " has " + split.length + " fields");
                }
                lines.add(split);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    public static byte[] hex(String hex) {
        return hex.equals("-") ? new byte[0] : HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] repeated(int value, int count) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    public static byte[] concat(byte[]... parts) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Reproducible bytes that look random. */
    public static byte[] bytes(long seed, int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}
