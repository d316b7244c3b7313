package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.MaxFragmentLengthCode;
import org.jspecify.annotations.Nullable;

/**
 * Shorter records for a client that is short of memory, RFC 6066 4-1; the same value in both hellos.
 *
 * <pre>
 * enum {
 *     2^9(1), 2^10(2), 2^11(3), 2^12(4), (255)
 * } MaxFragmentLength;
 * </pre>
 *
 * @param code the number as it was sent; one that stands for nothing is judged where it is known whether the extension
 *     counts at all, see {@link RecordSizeLimit}
 */
public record MaxFragmentLength(int code) implements Extension {

    /** Makes the extension that asks for, or agrees to, this length. */
    public MaxFragmentLength(MaxFragmentLengthCode length) {
        this(length.code());
    }

    /** Reads the body. */
    public static MaxFragmentLength parse(WireReader body) {
        int code = body.uint8("MaxFragmentLength");
        body.requireEnd("max_fragment_length");
        return new MaxFragmentLength(code);
    }

    /** Returns what the number stands for, or null if it stands for nothing. */
    public @Nullable MaxFragmentLengthCode known() {
        return MaxFragmentLengthCode.of(code);
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.MAX_FRAGMENT_LENGTH;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint8(code);
    }
}
