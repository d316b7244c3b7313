package dev.lockstep.testkit.util;

import java.util.Random;

/** Damages bytes as a careless or hostile peer would; the same seed gives the same damage. */
public final class Mutator {

    private static final int[] TELLING = {0, 1, 2, 3, 0x10, 0x16, 0x20, 0x7f, 0x80, 0xfe, 0xff};

    private final Random random;

    /** Creates a mutator whose changes follow from {@code random}. */
    public Mutator(Random random) {
        this.random = random;
    }

    /** A copy with one to four changes. */
    public byte[] mutated(byte[] original) {
        byte[] bytes = original;
        for (int changes = 1 + random.nextInt(random.nextInt(3) == 0 ? 4 : 1); changes > 0; changes--) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[1 + random.nextInt(3)];
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(16), bytes.length - at);
        byte[] head = Bytes.slice(bytes, 0, at);
        byte[] tail = Bytes.slice(bytes, at, bytes.length - at);
        byte[] copy = bytes.clone();
        switch (random.nextInt(9)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) random.nextInt(256);
            case 2 -> copy[at] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 3 -> copy[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 4 -> {
                return head; // cut
            }
            case 5 -> {
                return Bytes.concat(head, Bytes.slice(tail, length, tail.length - length)); // a hole
            }
            case 6 -> {
                byte[] more = new byte[length];
                random.nextBytes(more);
                return Bytes.concat(head, more, tail);
            }
            case 7 -> {
                return Bytes.concat(head, Bytes.slice(tail, 0, length), tail); // said twice
            }
            default -> {
                byte[] block = Bytes.slice(bytes, at, length);
                System.arraycopy(block, 0, copy, random.nextInt(bytes.length - length + 1), length);
            }
        }
        return copy;
    }
}
