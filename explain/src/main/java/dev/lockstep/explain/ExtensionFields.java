package dev.lockstep.explain;

import dev.lockstep.tls.spec.ExtensionType;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The fields of extensions that have some. */
final class ExtensionFields {

    private ExtensionFields() {}

    /** Names the {@code length} bytes that come next in the dissector's message. */
    static void take(Dissector in, @Nullable ExtensionType type, int length, boolean fromClient) {
        if (type == null) {
            in.take(length, "body");
            return;
        }
        switch (type) {
            case SUPPORTED_GROUPS -> numbers(in, "group: ", Names::group);
            case SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS_CERT -> numbers(in, "scheme: ", Names::scheme);
            case EC_POINT_FORMATS -> in.vector(1, "formats: uncompressed");
            case RENEGOTIATION_INFO -> in.vector(1, "renegotiated_connection");
            case SESSION_TICKET -> in.take(length, "ticket");
            case SERVER_NAME -> {
                for (int end = in.take(2, "list, length") + in.position(); in.position() < end; ) {
                    in.take(1, "name_type: host_name");
                    text(in, 2, "host_name");
                }
            }
            case APPLICATION_LAYER_PROTOCOL_NEGOTIATION -> {
                for (int end = in.take(2, "list, length") + in.position(); in.position() < end; ) {
                    text(in, 1, "protocol");
                }
            }
            case STATUS_REQUEST -> {
                if (fromClient) {
                    in.take(1, "status_type: ocsp");
                    in.vector(2, "responder_id_list");
                    in.vector(2, "request_extensions");
                } else {
                    in.take(length, "body");
                }
            }
            case MAX_FRAGMENT_LENGTH -> in.take(length, "code of the length");
            case RECORD_SIZE_LIMIT -> in.take(length, "longest plaintext, in bytes");
            case PADDING -> in.take(length, "padding");
            default -> in.take(length, "body");
        }
    }

    private static void numbers(Dissector in, String label, IntFunction<String> name) {
        for (int end = in.take(2, "list, length") + in.position(); in.position() < end; ) {
            in.take(2, label + name.apply(in.peek(2)));
        }
    }

    private static void text(Dissector in, int lengthBytes, String name) {
        int length = in.take(lengthBytes, name + ", length");
        in.take(length, name + ": \"" + Names.text(in.peekBytes(length)) + "\"");
    }
}
