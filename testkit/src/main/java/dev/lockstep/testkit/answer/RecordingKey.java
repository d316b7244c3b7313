package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.RsaBlocks;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiFunction;
import javax.crypto.Cipher;

/**
 * A private key that answers as it is told and remembers everything that was asked of it. A breach of the call
 * discipline is noted, since an exception out of a key is only another failed operation to the connection:
 * {@link #assertDisciplined} at the end of each test makes it count.
 */
public final class RecordingKey implements ExternalPrivateKey {

    /** How a decryption hands its result over. */
    public enum DecryptForm {
        /** The padding removed by the key. */
        UNPADDED,
        /** The bare result of the RSA operation, as long as the modulus. */
        RAW_BLOCK
    }

    private final List<X509Certificate> chain;
    private final PrivateKey privateKey;
    private final Recorder recorder = new Recorder();
    private final Queue<KeyScript> next = new ArrayDeque<>();
    private Set<SignatureScheme> schemes;
    private boolean canDecrypt;
    private volatile KeyScript signScript = KeyScript.ready();
    private volatile KeyScript decryptScript = KeyScript.ready();
    private DecryptForm decryptForm = DecryptForm.UNPADDED;
    private BiFunction<SignRequest, byte[], byte[]> signer;

    /** A key that can do all that its kind can, and answers immediately. */
    public RecordingKey(TestIdentity identity) {
        this(identity.chain(), identity.privateKey());
    }

    /**
     * The same for any key.
     *
     * @param chain the certificate of the key, and those above it
     */
    public RecordingKey(List<X509Certificate> chain, PrivateKey privateKey) {
        this.chain = List.copyOf(chain);
        this.privateKey = privateKey;
        String algorithm = chain.get(0).getPublicKey().getAlgorithm();
        this.schemes = new LinkedHashSet<>();
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (SchemeSignatures.fits(scheme.code(), algorithm)) {
                schemes.add(scheme);
            }
        }
        this.canDecrypt = algorithm.equals("RSA");
        this.signer = (request, message) -> SchemeSignatures.sign(request.scheme(), privateKey, message);
    }

    // ---- set-up

    /** How signatures answer from now on; from any thread. */
    public RecordingKey signs(KeyScript script) {
        signScript = script;
        return this;
    }

    /** How decryptions answer from now on; from any thread. */
    public RecordingKey decrypts(KeyScript script) {
        decryptScript = script;
        return this;
    }

    /** The same script for both kinds of operation. */
    public RecordingKey answers(KeyScript script) {
        return signs(script).decrypts(script);
    }

    /** The next operation, of either kind, answers like this; later ones as before. May be called repeatedly. */
    public RecordingKey then(KeyScript script) {
        next.add(script);
        return this;
    }

    /**
     * Operations may be started, resumed and cancelled outside of any call of a connection: for tests of keys that stand
     * in front of this one, without a connection.
     */
    public RecordingKey withoutConnection() {
        recorder.withoutConnection();
        return this;
    }

    /** How a decryption hands its result over. */
    public RecordingKey decryptForm(DecryptForm form) {
        decryptForm = form;
        return this;
    }

    /** The schemes that the key says it has; none: it does not sign. */
    public RecordingKey schemes(SignatureScheme... values) {
        schemes = new LinkedHashSet<>(Arrays.asList(values));
        return this;
    }

    /** Sets whether the key says that it decrypts. */
    public RecordingKey canDecrypt(boolean can) {
        canDecrypt = can;
        return this;
    }

    /** How signatures are made, for keys that answer something else than they should. */
    public RecordingKey signer(BiFunction<SignRequest, byte[], byte[]> how) {
        signer = how;
        return this;
    }

    /** Returns a credential with this key alone. */
    public Credential credential() {
        return Credential.external(chain, this);
    }

    /** Returns a credential with this key, and the private key itself as the local one. */
    public Credential credentialWithLocalKey() {
        return Credential.external(chain, this, privateKey);
    }

    // ---- the SPI

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return canDecrypt;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        if (!schemes.contains(request.scheme())) {
            recorder.note("asked for " + request.scheme() + ", which the key does not have");
        }
        return recorder.start(script(signScript), () -> signer.apply(request, request.message()), request, null, waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        if (!canDecrypt) {
            recorder.note("asked to decrypt, which the key does not");
        }
        return recorder.start(script(decryptScript), () -> decrypt(request.ciphertext()), null, request, waker);
    }

    private KeyScript script(KeyScript otherwise) {
        KeyScript script = next.poll();
        return script == null ? otherwise : script;
    }

    private byte[] decrypt(byte[] ciphertext) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, privateKey);
        byte[] block = cipher.doFinal(ciphertext);
        if (decryptForm == DecryptForm.RAW_BLOCK) {
            return block;
        }
        byte[] premaster = RsaBlocks.unpadded(block);
        if (premaster == null) {
            throw new javax.crypto.BadPaddingException("as PKCS#11 modules say it");
        }
        return premaster;
    }

    // ---- what happened

    /** Every operation that was started, in order. */
    public List<RecordedOperation> operations() {
        return recorder.operations();
    }

    /** The only operation there was. */
    public RecordedOperation operation() {
        return recorder.operation();
    }

    /** The operation that was started last. */
    public RecordedOperation last() {
        return recorder.last();
    }

    /**
     * The next operation that was started and suspends, each returned once; waits up to 30 seconds for it, for
     * connections that another thread drives.
     */
    public RecordedOperation takePending() {
        return recorder.takePending();
    }

    /** How many operations were started. */
    public int starts() {
        return recorder.starts();
    }

    /** Fails unless every operation was started once, and resumed and cancelled as the contract says. */
    public void assertDisciplined() {
        recorder.assertDisciplined();
    }
}
