package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.MaxFragmentLength;
import dev.lockstep.tls.internal.extension.RecordSizeLimit;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.spec.MaxFragmentLengthCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long records may be: what comes of the client's max_fragment_length (RFC 6066 section 4) or record_size_limit
 * (RFC 8449) in one handshake. Both are granted whenever they are asked for.
 *
 * @param sizeLimit the client's record_size_limit, or null
 * @param fragmentLength the max_fragment_length in force, or null; null beside a record_size_limit
 * @param answersFragmentLength whether this handshake negotiates it, so that ServerHello says so
 */
public record RecordLengths(
        @Nullable RecordSizeLimit sizeLimit,
        @Nullable MaxFragmentLengthCode fragmentLength,
        boolean answersFragmentLength) {

    // RFC 8449 4-2: "an endpoint MUST NOT send a value higher than the protocol-defined maximum record size". RFC 8449
    // 4: "For TLS 1.2 and earlier, that limit is 2^14 octets."
    private static final int PROTOCOL_LIMIT = 1 << 14;

    /** No limit but the protocol's. */
    static final RecordLengths NONE = new RecordLengths(null, null, false);

    /** What a full handshake agrees on. */
    public static RecordLengths of(ClientHello hello) {
        RecordSizeLimit limit = hello.extensions().find(RecordSizeLimit.class);
        if (limit != null) {
            // RFC 8449 5-1: "A server that supports the "record_size_limit" extension MUST ignore a
            // "max_fragment_length" that appears in a ClientHello if both extensions appear."
            return new RecordLengths(limit, null, false);
        }
        MaxFragmentLength length = hello.extensions().find(MaxFragmentLength.class);
        return new RecordLengths(null, length == null ? null : length.known(), true);
    }

    /**
     * What the resumption of a session agrees on. RFC 6066 1.1-2: "the server MUST ignore the extensions and send a
     * server hello containing none of the extension types. In this case, the functionality of these extensions
     * negotiated during the original session initiation is applied to the resumed session." RFC 8449 4: "During
     * renegotiation or resumption, the record size limit is renegotiated."
     *
     * @param fragmentLengthCode the session's, 0 for none
     */
    public static RecordLengths ofResumption(ClientHello hello, int fragmentLengthCode) {
        RecordLengths renewed = of(hello);
        return renewed.sizeLimit != null
                ? renewed
                : new RecordLengths(null, MaxFragmentLengthCode.of(fragmentLengthCode), false);
    }

    /** What the session must remember: the code of max_fragment_length, 0 for none. */
    public int fragmentLengthCode() {
        return fragmentLength == null ? 0 : fragmentLength.code();
    }

    /** Adds the answer to ServerHello's extensions. */
    public void answer(List<Extension> extensions, int ownLimit) {
        if (sizeLimit != null) {
            extensions.add(new RecordSizeLimit(ownLimit));
        } else if (fragmentLength != null && answersFragmentLength) {
            // RFC 6066 4-2: "a "MaxFragmentLength" whose value is the same as the requested maximum fragment length"
            extensions.add(new MaxFragmentLength(fragmentLength));
        }
    }

    /**
     * Tells the record layer. Before ServerHello is sent: a client that asks for short fragments may have no room for a
     * longer one even now.
     *
     * @param ownLimit the most plaintext this server takes in a record, where it can say so
     */
    public void apply(HandshakeOutput output, int ownLimit) {
        if (sizeLimit != null) {
            // RFC 8449 4-4: "Even if a larger record size limit is provided by a peer, an endpoint MUST NOT send
            // records larger than the protocol-defined limit, unless explicitly allowed by a future TLS version or
            // extension."
            output.limitProtectedRecords(Math.min(sizeLimit.limit(), PROTOCOL_LIMIT), ownLimit);
        } else if (fragmentLength != null) {
            // RFC 6066 4-5: "the client and server MUST immediately begin fragmenting messages (including handshake
            // messages) to ensure that no fragment larger than the negotiated length is sent."
            output.limitFragments(fragmentLength.length());
        }
    }
}
