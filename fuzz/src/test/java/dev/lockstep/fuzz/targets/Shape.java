package dev.lockstep.fuzz.targets;

import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.message.HandshakeMessage;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.AlertDescription;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A structure on the wire: what reads it, what writes it, and whether the same bytes come out again.
 *
 * @param exact whether everything that is read is kept; otherwise only what is written again has to mean the same
 */
record Shape<T>(Function<WireReader, T> parser, BiConsumer<T, WireWriter> encoder, boolean exact) {

    private static final Set<AlertDescription> ALERTS = EnumSet.of(
            AlertDescription.DECODE_ERROR,
            AlertDescription.ILLEGAL_PARAMETER,
            AlertDescription.UNEXPECTED_MESSAGE,
            AlertDescription.CERTIFICATE_UNKNOWN);

    static <M extends HandshakeMessage> Shape<M> message(Function<WireReader, M> parser) {
        return new Shape<>(parser, HandshakeMessage::encodeBody, true);
    }

    /** A hello, of which unknown extensions are not kept. */
    static <M extends HandshakeMessage> Shape<M> hello(Function<WireReader, M> parser) {
        return new Shape<>(parser, HandshakeMessage::encodeBody, false);
    }

    static <E extends Extension> Shape<E> extension(Function<WireReader, E> parser) {
        return new Shape<>(parser, Extension::encodeBody, true);
    }

    /** An extension that leaves out members of types that are unknown here. */
    static <E extends Extension> Shape<E> lossyExtension(Function<WireReader, E> parser) {
        return new Shape<>(parser, Extension::encodeBody, false);
    }

    /** Reads bytes: they are refused with an alert that says so, or what they mean is written and read again. */
    void check(byte[] body) {
        T value;
        try {
            value = parser.apply(WireReader.of(body));
        } catch (FatalAlert refused) {
            Expect.that(ALERTS.contains(refused.description()), "refused with " + refused.description());
            return;
        }
        byte[] encoded = encoded(value);
        if (exact) {
            Expect.that(Arrays.equals(encoded, body), "it is written in another way than it was read");
        }
        if (!exact && encoded.length == 0) {
            return; // nothing in it is of a type that is known here: it is taken for absent
        }
        T again = parser.apply(WireReader.of(encoded));
        Expect.that(!exact || again.equals(value), "it means something else when it is read again");
        Expect.that(Arrays.equals(encoded(again), encoded), "it has two encodings");
    }

    private byte[] encoded(T value) {
        WireWriter out = new WireWriter();
        encoder.accept(value, out);
        return out.toByteArray();
    }
}
