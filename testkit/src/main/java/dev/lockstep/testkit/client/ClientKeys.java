package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client's key schedule (RFC 5246 section 8.1 and 6.3, RFC 7627) and the transcript that it depends on. */
final class ClientKeys {

    private final SecureRandom random;
    private final byte[] clientRandom;
    private final ServerFlight server;
    private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
    private final List<byte[]> secrets = new ArrayList<>();
    private @Nullable ClientCipher readCipher;
    private @Nullable ClientCipher writeCipher;

    byte @Nullable [] premaster;
    byte @Nullable [] master;

    ClientKeys(SecureRandom random, byte[] clientRandom, ServerFlight server) {
        this.random = random;
        this.clientRandom = clientRandom;
        this.server = server;
    }

    /** Another handshake begins; the keys in use stay in use. */
    void reset() {
        transcript.reset();
        premaster = null;
        master = null;
    }

    void addToTranscript(byte[] message) {
        transcript.writeBytes(message);
    }

    byte[] transcript() {
        return transcript.toByteArray();
    }

    private byte[] transcriptHash() {
        try {
            return MessageDigest.getInstance(server.suite().prfHash()).digest(transcript.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Derives the keys; call with ClientKeyExchange as the last message of the transcript. */
    void derive() {
        byte[] secret = known(premaster, "premaster secret");
        byte[] derived = server.extendedMasterSecret()
                ? prf(secret, "extended master secret", transcriptHash(), 48)
                : prf(secret, "master secret", Bytes.concat(clientRandom, server.serverRandom), 48);
        master = derived;
        secrets.add(secret);
        expand(derived);
    }

    /** Continues with the master secret of an earlier session. */
    void resume(byte[] earlier) {
        master = earlier;
        expand(earlier);
    }

    private void expand(byte[] secret) {
        ClientSuite suite = server.suite();
        int mac = suite.macLength();
        int key = suite.keyLength();
        int iv = suite.fixedIvLength();
        byte[] block =
                prf(secret, "key expansion", Bytes.concat(server.serverRandom, clientRandom), 2 * (mac + key + iv));
        ClientCipher write = cipher(block, 0);
        ClientCipher read = cipher(block, 1);
        secrets.add(secret);
        secrets.addAll(write.keys());
        secrets.addAll(read.keys());
        writeCipher = write;
        readCipher = read;
    }

    /** The cipher of the client's (0) or the server's (1) direction. */
    private ClientCipher cipher(byte[] block, int direction) {
        ClientSuite suite = server.suite();
        int mac = suite.macLength();
        int key = suite.keyLength();
        int iv = suite.fixedIvLength();
        return new ClientCipher(
                suite,
                Bytes.slice(block, direction * mac, mac),
                Bytes.slice(block, 2 * mac + direction * key, key),
                Bytes.slice(block, 2 * (mac + key) + direction * iv, iv),
                server.encryptThenMac(),
                random);
    }

    /** The cipher for what is sent after ChangeCipherSpec, once. */
    @Nullable
    ClientCipher takeWriteCipher() {
        ClientCipher cipher = writeCipher;
        writeCipher = null;
        return cipher;
    }

    /** The cipher for what is received after ChangeCipherSpec, once. */
    @Nullable
    ClientCipher takeReadCipher() {
        ClientCipher cipher = readCipher;
        readCipher = null;
        return cipher;
    }

    /** The verify_data at this point of the transcript. */
    byte[] verifyData(String label) {
        return prf(known(master, "master secret"), label, transcriptHash(), 12);
    }

    byte[] exported(String label, byte @Nullable [] context, int length) {
        byte[] seed = Bytes.concat(clientRandom, server.serverRandom);
        return prf(
                known(master, "master secret"),
                label,
                context == null ? seed : Bytes.concat(seed, Bytes.vector(2, context)),
                length);
    }

    private byte[] prf(byte[] secret, String label, byte[] seed, int length) {
        return ClientPrf.prf(server.suite().prfHash(), secret, label, seed, length);
    }

    List<byte[]> secrets() {
        return secrets;
    }

    static byte[] known(byte @Nullable [] secret, String what) {
        if (secret == null) {
            throw new IllegalStateException("the client has no " + what + " at this point");
        }
        return secret;
    }
}
