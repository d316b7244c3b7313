package dev.lockstep.conversations.transcript;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes a message of an ECDHE handshake apart into its fields, so that every byte of it has a name. */
final class Dissector {

    /** Bytes of a message and what they are. */
    @SuppressWarnings("ArrayRecordComponent")
    record Field(byte[] bytes, String name) {}

    private final byte[] message;
    private final List<Field> fields = new ArrayList<>();
    private int at;

    private Dissector(byte[] message) {
        this.message = message;
    }

    /** The fields of a message of this content type, in order; together they are the message. */
    static List<Field> fields(int contentType, byte[] message) {
        Dissector dissector = new Dissector(message);
        switch (contentType) {
            case Transcript.CHANGE_CIPHER_SPEC -> dissector.take(1, "type: change_cipher_spec");
            case Transcript.ALERT -> {
                dissector.take(1, "level");
                dissector.take(1, "description");
            }
            case Transcript.APPLICATION_DATA ->
                dissector.take(message.length, "data: \"" + new String(message, StandardCharsets.UTF_8) + "\"");
            default -> dissector.handshake();
        }
        if (dissector.at != message.length) {
            throw new AssertionError("bytes without a name from " + dissector.at + " in " + Bytes.hex(message));
        }
        return dissector.fields;
    }

    private int take(int length, String name) {
        byte[] bytes = Bytes.slice(message, at, length);
        fields.add(new Field(bytes, name));
        at += length;
        return length == 0 || length > 4 ? 0 : Bytes.readNumber(bytes, 0, length);
    }

    private int peek(int length) {
        return Bytes.readNumber(message, at, length);
    }

    /** A length in front, and then so many bytes. */
    private void vector(int lengthBytes, String name) {
        int length = take(lengthBytes, name + ", length");
        if (length > 0) {
            take(length, name);
        }
    }

    private void handshake() {
        HandshakeType type = HandshakeType.of(peek(1));
        take(1, "msg_type: " + String.valueOf(type).toLowerCase(java.util.Locale.ROOT));
        take(3, "length");
        switch (message[0]) {
            case 1 -> clientHello();
            case 2 -> serverHello();
            case 4 -> {
                take(4, "ticket_lifetime_hint, in seconds");
                vector(2, "ticket");
            }
            case 11 -> certificates();
            case 12 -> {
                take(1, "curve_type: named_curve");
                take(2, "named_curve: " + NamedGroup.of(peek(2)));
                vector(1, "public: the server's share");
                signature();
            }
            case 13 -> certificateRequest();
            case 14 -> {}
            case 15 -> signature();
            case 16 -> vector(1, "ecdh_Yc: the client's share");
            case 20 -> take(12, "verify_data");
            default -> throw new AssertionError("handshake type " + message[0]);
        }
    }

    private void signature() {
        take(2, "algorithm: " + SignatureScheme.of(peek(2)));
        vector(2, "signature");
    }

    private void clientHello() {
        take(2, "client_version: TLS 1.2");
        take(32, "random");
        vector(1, "session_id");
        int end = take(2, "cipher_suites, length");
        for (end += at; at < end; ) {
            take(2, "cipher suite: " + CipherSuite.of(peek(2)));
        }
        vector(1, "compression_methods: null");
        extensions();
    }

    private void serverHello() {
        take(2, "server_version: TLS 1.2");
        take(32, "random");
        vector(1, "session_id");
        take(2, "cipher_suite: " + CipherSuite.of(peek(2)));
        take(1, "compression_method: null");
        extensions();
    }

    private void extensions() {
        if (at == message.length) {
            return;
        }
        take(2, "extensions, length");
        while (at < message.length) {
            ExtensionType type = ExtensionType.of(peek(2));
            take(2, "extension: " + (type == null ? "unknown" : type.ianaName()));
            int length = take(2, "length");
            if (length > 0) {
                extension(type, length);
            }
        }
    }

    private void extension(ExtensionType type, int length) {
        if (type == ExtensionType.SUPPORTED_GROUPS || type == ExtensionType.SIGNATURE_ALGORITHMS) {
            take(2, "list, length");
            for (int end = at + length - 2; at < end; ) {
                take(
                        2,
                        type == ExtensionType.SUPPORTED_GROUPS
                                ? "group: " + NamedGroup.of(peek(2))
                                : "scheme: " + SignatureScheme.of(peek(2)));
            }
        } else if (type == ExtensionType.EC_POINT_FORMATS) {
            vector(1, "formats: uncompressed");
        } else if (type == ExtensionType.RENEGOTIATION_INFO) {
            vector(1, "renegotiated_connection");
        } else if (type == ExtensionType.SESSION_TICKET) {
            take(length, "ticket");
        } else {
            take(length, "body");
        }
    }

    private void certificates() {
        take(3, "certificate_list, length");
        for (int number = 1; at < message.length; number++) {
            vector(3, "certificate " + number);
        }
    }

    private void certificateRequest() {
        int end = take(1, "certificate_types, length");
        for (end += at; at < end; ) {
            int type = peek(1);
            take(1, "certificate type: " + (type == 64 ? "ecdsa_sign" : type == 1 ? "rsa_sign" : "number " + type));
        }
        end = take(2, "supported_signature_algorithms, length");
        for (end += at; at < end; ) {
            take(2, "scheme: " + SignatureScheme.of(peek(2)));
        }
        take(2, "certificate_authorities, length");
        while (at < message.length) {
            vector(2, "distinguished name");
        }
    }
}
