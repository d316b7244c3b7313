package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.AlertDescription;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** The vocabulary of a conversation: what a client sends, honest messages first. */
public final class ClientMessages {

    private static final int CLIENT_HELLO = 1;
    private static final int CLIENT_KEY_EXCHANGE = 16;
    private static final int FINISHED = 20;

    private ClientMessages() {}

    /** ClientHello, with the client's options. */
    public static ClientMessage clientHello() {
        return client -> client.handshake(CLIENT_HELLO, client.encodedClientHello());
    }

    /** The ClientHello of another handshake on the same connection, bound to the one before (RFC 5746 section 3.5). */
    public static ClientMessage renegotiatingClientHello() {
        return client -> {
            client.beginRenegotiation();
            client.handshake(CLIENT_HELLO, client.encodedClientHello());
        };
    }

    /** ClientKeyExchange of the negotiated kind; derives the keys. */
    public static ClientMessage clientKeyExchange() {
        return clientKeyExchange(body -> body);
    }

    /** ChangeCipherSpec; what follows goes out under the new keys. */
    public static ClientMessage changeCipherSpec() {
        return client -> {
            client.records().record(20, new byte[] {1});
            client.protectWrites();
        };
    }

    /** Finished, over all messages so far. */
    public static ClientMessage finished() {
        return finished(body -> body);
    }

    /** One record of application data, in UTF-8. */
    public static ClientMessage applicationData(String text) {
        return applicationData(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One record of application data. */
    public static ClientMessage applicationData(byte[] content) {
        return record(23, content);
    }

    /** The alert close_notify. */
    public static ClientMessage closeNotify() {
        return record(21, new byte[] {1, 0});
    }

    /** A fatal alert. */
    public static ClientMessage fatalAlert(AlertDescription description) {
        return record(21, new byte[] {2, (byte) description.code()});
    }

    /** A warning alert. */
    public static ClientMessage warningAlert(AlertDescription description) {
        return record(21, new byte[] {1, (byte) description.code()});
    }

    // ---- and what it should not

    /** A ClientHello whose body was changed. */
    public static ClientMessage clientHello(UnaryOperator<byte[]> change) {
        return client -> client.handshake(CLIENT_HELLO, change.apply(client.encodedClientHello()));
    }

    /** A ClientKeyExchange whose body was changed after the premaster secret was made. */
    public static ClientMessage clientKeyExchange(UnaryOperator<byte[]> change) {
        return client -> {
            client.handshake(CLIENT_KEY_EXCHANGE, change.apply(client.keyExchange()));
            client.deriveKeys();
        };
    }

    /**
     * A ClientKeyExchange that carries {@code block} under the server's RSA key, of a client that then uses
     * {@code premaster}.
     */
    public static ClientMessage rsaClientKeyExchange(byte[] block, byte[] premaster) {
        return client -> {
            client.handshake(CLIENT_KEY_EXCHANGE, Bytes.vector(2, client.rawRsa(block)));
            client.assumePremaster(premaster);
            client.deriveKeys();
        };
    }

    /** The same for RSA_PSK: {@code decrypted} is what the client takes for the other secret. */
    public static ClientMessage rsaPskClientKeyExchange(byte[] block, byte[] decrypted) {
        return client -> rsaPskCiphertext(client.rawRsa(block), decrypted).writeTo(client);
    }

    /** The same with any ciphertext. */
    public static ClientMessage rsaPskCiphertext(byte[] ciphertext, byte[] decrypted) {
        return client -> {
            ClientOptions options = client.options();
            client.handshake(
                    CLIENT_KEY_EXCHANGE,
                    Bytes.concat(Bytes.vector(2, options.pskIdentity), Bytes.vector(2, ciphertext)));
            client.assumePremaster(ClientPsk.premaster(decrypted, options.psk));
            client.deriveKeys();
        };
    }

    /** A ClientKeyExchange with any body, of a client that then uses {@code premaster}. */
    public static ClientMessage clientKeyExchange(byte[] body, byte[] premaster) {
        return client -> {
            client.handshake(CLIENT_KEY_EXCHANGE, body);
            client.assumePremaster(premaster);
            client.deriveKeys();
        };
    }

    /** Finished with other verify_data, of any length. */
    public static ClientMessage finished(UnaryOperator<byte[]> change) {
        return client -> client.handshake(FINISHED, change.apply(client.verifyData()));
    }

    /** ChangeCipherSpec with any content; the keys stay as they are. */
    public static ClientMessage changeCipherSpecContaining(int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return record(20, bytes);
    }

    /** Any handshake message. */
    public static ClientMessage handshake(int type, byte[] body) {
        return client -> client.handshake(type, body);
    }

    /** Any handshake message, but of no account in the client's own transcript. */
    public static ClientMessage strayHandshake(int type, byte[] body) {
        return record(22, Bytes.concat(Bytes.u8(type), Bytes.vector(3, body)));
    }

    /** Any record, protected as everything now is. */
    public static ClientMessage record(int type, byte[] content) {
        return client -> client.records().record(type, content);
    }

    /** Any bytes. */
    public static ClientMessage raw(byte[] bytes) {
        return client -> client.records().raw(bytes);
    }

    /** A message whose last record is changed after protection, header included. */
    public static ClientMessage damaged(ClientMessage message, UnaryOperator<byte[]> change) {
        return client -> {
            message.writeTo(client);
            client.records().raw(change.apply(client.records().takeLast()));
        };
    }

    /** From here on the record headers carry this version. */
    public static ClientMessage recordVersion(int version) {
        return client -> client.records().version = version;
    }

    /** From here on CBC records carry up to 15 more blocks of padding. */
    public static ClientMessage extraPaddingBlocks(int blocks) {
        return client -> client.records().cipher().extraPaddingBlocks = blocks;
    }
}
