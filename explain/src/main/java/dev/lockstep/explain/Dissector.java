package dev.lockstep.explain;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one handshake apart into their fields, so that every byte has a name. How ServerKeyExchange and
 * ClientKeyExchange are read depends on the suite in the ServerHello before them.
 */
final class Dissector {

    /** Bytes of a message and what they are. */
    @SuppressWarnings("ArrayRecordComponent")
    record Field(byte[] bytes, String name) {}

    /** A length leads beyond the message, or something is left behind the last field. */
    private static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private @Nullable CipherSuite suite;
    private boolean extendedMasterSecret;
    private byte[] message = {};
    private int at;
    private List<Field> fields = new ArrayList<>();

    /** The suite in the last ServerHello; null before it. */
    @Nullable
    CipherSuite suite() {
        return suite;
    }

    /** Whether the last ServerHello has the extension. */
    boolean hasExtendedMasterSecret() {
        return extendedMasterSecret;
    }

    /** The fields of a message of this content type, in order; together they are the message. */
    List<Field> fields(int contentType, byte[] next) {
        begin(next);
        try {
            switch (contentType) {
                case Transcript.CHANGE_CIPHER_SPEC -> take(1, "type: change_cipher_spec");
                case Transcript.ALERT -> {
                    take(1, "level: " + (peek(1) == 1 ? "warning" : "fatal"));
                    take(1, "description: " + Names.alert(peek(1)));
                }
                case Transcript.APPLICATION_DATA -> take(message.length, "data: \"" + Names.text(message) + "\"");
                default -> handshake();
            }
            require(at == message.length);
        } catch (MalformedException e) {
            begin(next);
            take(message.length, "not well-formed");
        }
        return fields;
    }

    private void begin(byte[] next) {
        message = next;
        at = 0;
        fields = new ArrayList<>();
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new MalformedException();
        }
    }

    /** The next bytes; their value if they may be a number. */
    int take(int length, String name) {
        require(length >= 0 && length <= message.length - at);
        byte[] bytes = Arrays.copyOfRange(message, at, at + length);
        fields.add(new Field(bytes, name));
        at += length;
        return length > 3 ? 0 : Bytes.number(bytes, 0, length);
    }

    int peek(int length) {
        require(length <= message.length - at);
        return Bytes.number(message, at, length);
    }

    byte[] peekBytes(int length) {
        require(length >= 0 && length <= message.length - at);
        return Arrays.copyOfRange(message, at, at + length);
    }

    int position() {
        return at;
    }

    /** A length in front, and then so many bytes. */
    void vector(int lengthBytes, String name) {
        int length = take(lengthBytes, name + ", length");
        if (length > 0) {
            take(length, name);
        }
    }

    private void handshake() {
        HandshakeType type = HandshakeType.of(peek(1));
        take(1, "msg_type: " + (type == null ? "unknown" : type.name().toLowerCase(Locale.ROOT)));
        int length = take(3, "length");
        require(length == message.length - at);
        if (type == null) {
            take(length, "body");
            return;
        }
        switch (type) {
            case HELLO_REQUEST, SERVER_HELLO_DONE -> {}
            case CLIENT_HELLO -> clientHello();
            case SERVER_HELLO -> serverHello();
            case NEW_SESSION_TICKET -> {
                take(4, "ticket_lifetime_hint, in seconds");
                vector(2, "ticket");
            }
            case CERTIFICATE -> certificates();
            case CERTIFICATE_STATUS -> {
                take(1, "status_type: ocsp");
                vector(3, "response");
            }
            case SERVER_KEY_EXCHANGE -> serverKeyExchange();
            case CERTIFICATE_REQUEST -> certificateRequest();
            case CERTIFICATE_VERIFY -> signature();
            case CLIENT_KEY_EXCHANGE -> clientKeyExchange();
            case FINISHED -> take(12, "verify_data");
        }
    }

    private void serverKeyExchange() {
        KeyExchange exchange = exchange();
        if (exchange.usesPsk()) {
            vector(2, "psk_identity_hint");
        }
        if (exchange.isEcdhe()) {
            take(1, "curve_type: named_curve");
            take(2, "named_curve: " + Names.group(peek(2)));
            vector(1, "public: the server's share");
        } else if (exchange.isEphemeral()) {
            vector(2, "dh_p: the prime");
            vector(2, "dh_g: the generator");
            vector(2, "dh_Ys: the server's share");
        }
        if (exchange.signsServerKeyExchange()) {
            signature();
        }
    }

    private void clientKeyExchange() {
        KeyExchange exchange = exchange();
        if (exchange.usesPsk()) {
            vector(2, "psk_identity");
        }
        if (exchange.isEcdhe()) {
            vector(1, "ecdh_Yc: the client's share");
        } else if (exchange.isEphemeral()) {
            vector(2, "dh_Yc: the client's share");
        } else if (exchange.decryptsPremaster()) {
            vector(2, "encrypted pre_master_secret");
        }
    }

    private KeyExchange exchange() {
        CipherSuite agreed = suite;
        if (agreed == null) {
            throw new MalformedException();
        }
        return agreed.keyExchange();
    }

    private void signature() {
        take(2, "algorithm: " + Names.scheme(peek(2)));
        vector(2, "signature");
    }

    private void clientHello() {
        take(2, "client_version: " + Names.version(peek(2)));
        take(32, "random");
        vector(1, "session_id");
        int length = take(2, "cipher_suites, length");
        for (int end = at + length; at < end; ) {
            take(2, "cipher suite: " + Names.suite(peek(2)));
        }
        vector(1, "compression_methods: null");
        extensions(true);
    }

    private void serverHello() {
        take(2, "server_version: " + Names.version(peek(2)));
        take(32, "random");
        vector(1, "session_id");
        suite = CipherSuite.of(peek(2));
        extendedMasterSecret = false;
        take(2, "cipher_suite: " + Names.suite(peek(2)));
        take(1, "compression_method: null");
        extensions(false);
    }

    private void extensions(boolean fromClient) {
        if (at == message.length) {
            return;
        }
        take(2, "extensions, length");
        while (at < message.length) {
            ExtensionType type = ExtensionType.of(peek(2));
            take(2, "extension: " + (type == null ? "not one of TLS 1.2" : type.ianaName()));
            int length = take(2, "length");
            extendedMasterSecret |= !fromClient && type == ExtensionType.EXTENDED_MASTER_SECRET;
            if (length > 0) {
                ExtensionFields.take(this, type, length, fromClient);
            }
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
            take(2, "scheme: " + Names.scheme(peek(2)));
        }
        take(2, "certificate_authorities, length");
        while (at < message.length) {
            vector(2, "distinguished name");
        }
    }
}
