package dev.lockstep.server.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureCheck;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What replaced premaster secrets come from. The secret of a key follows from the key, also of one in a token: two key servers
 * that have it, and one before and after a restart, answer a bad ciphertext alike. Otherwise who asks both would tell good
 * padding, for which they answer alike in any case, from bad. One for the life of a process. Safe for any thread.
 */
final class ReplacementSecrets {

    /** What the key signs for it, which is nothing that a key server signs for clients. */
    static final byte[] SIGNED =
            "lockstep: what replaces premaster secrets follows from this signature".getBytes(StandardCharsets.US_ASCII);

    /** Of one key there is one signature (RFC 8017 8.2), so that nothing has to be kept or shared. */
    private static final SignatureScheme DETERMINISTIC = SignatureScheme.RSA_PKCS1_SHA256;

    private static final byte[] LABEL = "lockstep replaced premaster".getBytes(StandardCharsets.US_ASCII);

    private final byte[] drawn = new byte[32];
    private final Map<KeyId, byte[]> known = new HashMap<>();

    ReplacementSecrets() {
        new SecureRandom().nextBytes(drawn);
    }

    /**
     * The secret of an RSA key that decrypts; the same whenever it is asked for. Has the key sign at the first call, on this
     * thread.
     *
     * @param name what the key is called in {@code notes}
     * @param notes receives a line if the key is not for this signature, so that its secret is drawn by this process
     * @throws OperationException when the key does not make the signature although it is for it. Another try may succeed:
     *     until then it has no secret, since one that was drawn would stay
     */
    synchronized byte[] of(BlockingKey key, PublicKey publicKey, String name, Consumer<String> notes)
            throws OperationException {
        KeyId id = KeyId.of(publicKey);
        byte[] secret = known.get(id);
        if (secret == null) {
            secret = made(key, publicKey, name, notes);
            known.put(id, secret);
        }
        return secret.clone();
    }

    private byte[] made(BlockingKey key, PublicKey publicKey, String name, Consumer<String> notes)
            throws OperationException {
        byte[] signature = signature(key, publicKey);
        if (signature.length == 0) {
            notes.accept(name + " does not sign (rsa_pkcs1_sha256), so what replaces premaster secrets with bad"
                    + " padding does not follow from the key; who can ask two key servers with this key, or"
                    + " one before and after a restart, tells good padding from bad");
            return hmac(drawn, publicKey.getEncoded());
        }
        byte[] secret = hmac(LABEL, signature);
        Wipe.bytes(signature);
        return secret;
    }

    /** Empty when the key is not for it. */
    private static byte[] signature(BlockingKey key, PublicKey publicKey) throws OperationException {
        if (!key.signatureSchemes().contains(DETERMINISTIC)) {
            return new byte[0];
        }
        SignRequest request = new SignRequest(
                DETERMINISTIC, SIGNED, List.of(), null, OptionalLong.empty(), null, SignatureCheck.of(publicKey));
        byte[] signature;
        try {
            signature = key.sign(request);
        } catch (Exception e) { // boundary: whatever a key throws
            if (isForbidden(e)) {
                return new byte[0];
            }
            throw failed(String.valueOf(e.getMessage()), e);
        }
        if (!request.verifies(signature)) {
            throw failed("its signature does not verify", null);
        }
        return signature;
    }

    /** A token's schemes are those of its mechanisms; whether one of its keys is for signatures shows when it is to sign. */
    private static boolean isForbidden(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (String.valueOf(each.getMessage()).startsWith("CKR_KEY_FUNCTION_NOT_PERMITTED")) {
                return true;
            }
        }
        return false;
    }

    private static OperationException failed(String why, @Nullable Exception cause) {
        return new OperationException(
                Reason.KEY_UNAVAILABLE,
                "it did not make the signature (rsa_pkcs1_sha256) from which what replaces premaster secrets with bad"
                        + " padding follows: " + why,
                cause);
    }

    private static byte[] hmac(byte[] key, byte[] content) {
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, key);
        hmac.update(content, 0, content.length);
        byte[] result = hmac.doFinal();
        hmac.destroy();
        return result;
    }
}
