package dev.lockstep.server;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for the secret numbers of private keys in a heap dump, whole or in part: each number is cut into pieces of 16
 * bytes, in every order in which a JVM may hold it.
 *
 * <p>A dump writes the elements of an array in big-endian order. So a {@code BigInteger}, whose {@code int[]} has the most
 * significant element first, stands there as a big-endian byte string does; libraries for elliptic curves keep {@code
 * int[]} and {@code long[]} with the least significant element first; and bytes may be reversed altogether.
 */
final class SecretSearch {

    private static final int PIECE = 16;

    /** What is looked for, by its first 8 bytes. */
    private final Map<Long, List<Piece>> pieces = new HashMap<>();

    /** Which values the last 16 bits of those 8 bytes have: most places are passed by with one look here. */
    private final boolean[] likely = new boolean[1 << 16];

    private record Piece(String name, byte[] bytes) {}

    /** Adds every secret number of a key. */
    public void add(PrivateKey key) {
        if (key instanceof RSAPrivateCrtKey rsa) {
            add("p", rsa.getPrimeP());
            add("q", rsa.getPrimeQ());
            add("d", rsa.getPrivateExponent());
            add("dp", rsa.getPrimeExponentP());
            add("dq", rsa.getPrimeExponentQ());
            add("qinv", rsa.getCrtCoefficient());
        } else {
            add("s", ((ECPrivateKey) key).getS());
        }
    }

    /** Adds the text of a PEM file, line by line. */
    public void addPem(String name, String pem) {
        pem.lines()
                .filter(line -> line.length() == 64)
                .skip(1) // the first holds little more than algorithm and modulus
                .forEach(line -> put(name, line.getBytes(StandardCharsets.US_ASCII)));
    }

    private void add(String name, BigInteger value) {
        byte[] big = value.toByteArray();
        int length = (value.bitLength() + 63) / 64 * 8; // whole longs, zeros in front
        byte[] padded = new byte[length];
        int from = big.length > length ? big.length - length : 0;
        System.arraycopy(big, from, padded, length - (big.length - from), big.length - from);
        put(name + " big-endian", padded);
        put(name + " little-endian", reversed(padded, 1));
        put(name + " int[] from the least", reversed(padded, 4));
        put(name + " long[] from the least", reversed(padded, 8));
    }

    private static byte[] reversed(byte[] bytes, int unit) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i += unit) {
            System.arraycopy(bytes, i, reversed, bytes.length - unit - i, unit);
        }
        return reversed;
    }

    private void put(String name, byte[] bytes) {
        for (int i = 0; i + PIECE <= bytes.length; i += PIECE) {
            byte[] piece = java.util.Arrays.copyOfRange(bytes, i, i + PIECE);
            long head = ByteBuffer.wrap(piece).getLong();
            pieces.computeIfAbsent(head, h -> new ArrayList<>()).add(new Piece(name, piece));
            likely[(int) (head & 0xFFFF)] = true;
        }
    }

    /** The names of what was found, without their places. */
    public Set<String> in(Path dump) throws IOException {
        Set<String> found = new TreeSet<>();
        try (FileChannel file = FileChannel.open(dump)) {
            MappedByteBuffer map = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
            long window = 0;
            for (int i = 0; i < map.limit(); i++) {
                window = window << 8 | map.get(i) & 0xFF;
                if (likely[(int) (window & 0xFFFF)]) {
                    List<Piece> candidates = pieces.get(window);
                    if (candidates != null) {
                        compare(map, i - 7, candidates, found);
                    }
                }
            }
        }
        return found;
    }

    private static void compare(ByteBuffer map, int at, List<Piece> candidates, Set<String> found) {
        for (Piece piece : candidates) {
            if (at >= 0 && at + PIECE <= map.limit() && map.slice(at, PIECE).equals(ByteBuffer.wrap(piece.bytes()))) {
                found.add(piece.name());
            }
        }
    }
}
