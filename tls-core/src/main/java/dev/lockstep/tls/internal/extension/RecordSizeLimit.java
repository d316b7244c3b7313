package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;

/**
 * How much plaintext the sender of this extension takes in one protected record, RFC 8449 4; in each hello for the
 * direction towards its sender. It overrides {@link MaxFragmentLength}.
 *
 * <pre>
 * uint16 RecordSizeLimit;
 * </pre>
 *
 * @param limit in bytes of plaintext, 64 to 65535 as sent; no record is longer than 2^14 for all that
 */
public record RecordSizeLimit(int limit) implements Extension {
    /** The smallest limit that may be sent. */
    public static final int SMALLEST = 64;

    /** Reads the body. */
    public static RecordSizeLimit parse(WireReader body) {
        int limit = body.uint16("RecordSizeLimit");
        body.requireEnd("record_size_limit");
        // RFC 8449 4-6, 4-7: "Endpoints MUST NOT send a "record_size_limit" extension with a value smaller than 64. An
        // endpoint MUST treat receipt of a smaller value as a fatal error and generate an "illegal_parameter" alert."
        if (limit < SMALLEST) {
            throw FatalAlert.illegalParameter("record_size_limit: " + limit + " is below " + SMALLEST);
        }
        // RFC 8449 4-3: "A server MUST NOT enforce this restriction; a client might advertise a higher limit that is
        // enabled by an extension or version the server does not understand."
        return new RecordSizeLimit(limit);
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.RECORD_SIZE_LIMIT;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16(limit);
    }
}
