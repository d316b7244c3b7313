package dev.lockstep.interop;

import java.util.Random;

/** Text to send: lines of hexadecimal digits, which no client under test takes for a command. */
final class Payload {
    private static final int LINE = 64;

    private Payload() {}

    /** {@code lines} lines that depend on {@code seed} alone. */
    static String of(long seed, int lines) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(lines * (LINE + 1));
        for (int i = 0; i < lines; i++) {
            for (int j = 0; j < LINE; j++) {
                text.append(Character.forDigit(random.nextInt(16), 16));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
