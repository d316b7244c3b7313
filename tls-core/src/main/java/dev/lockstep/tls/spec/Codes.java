package dev.lockstep.tls.spec;

import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * From number to constant, for every enum of this package: a binary search, so that a peer's list of thousands of
 * unknown numbers costs no allocation.
 */
final class Codes<E extends Enum<E>> {
    private final int[] codes;
    private final E[] constants;

    /** Takes the constants in any order; their codes are distinct. */
    Codes(E[] constants, ToIntFunction<E> code) {
        this.constants = constants.clone();
        Arrays.sort(this.constants, (a, b) -> Integer.compare(code.applyAsInt(a), code.applyAsInt(b)));
        this.codes = Arrays.stream(this.constants).mapToInt(code).toArray();
    }

    @Nullable
    E of(int code) {
        int place = code - codes[0]; // where codes follow one another, as those of records do
        if (place >= 0 && place < codes.length && codes[place] == code) {
            return constants[place];
        }
        int at = Arrays.binarySearch(codes, code);
        return at < 0 ? null : constants[at];
    }
}
