package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;

/**
 * One logged-in provider on a token and the key objects that it found there. Key objects belong to the provider that found
 * them: when the token is lost the whole session is given up and another one made.
 */
final class Pkcs11Session {

    /** What PKCS#11 calls a token, a login or an object handle that is gone, and what SunPKCS11 makes of it. */
    private static final List<String> LOSSES = List.of(
            "CKR_DEVICE_ERROR",
            "CKR_DEVICE_REMOVED",
            "CKR_TOKEN_NOT_PRESENT",
            "CKR_TOKEN_NOT_RECOGNIZED",
            "CKR_SLOT_ID_INVALID",
            "CKR_SESSION_CLOSED",
            "CKR_SESSION_HANDLE_INVALID",
            "CKR_USER_NOT_LOGGED_IN",
            "CKR_KEY_HANDLE_INVALID",
            "CKR_OBJECT_HANDLE_INVALID",
            "CKR_CRYPTOKI_NOT_INITIALIZED",
            "Token has been removed");

    private final Provider provider;
    private final Map<ByteBuffer, PrivateKey> keys;
    private final List<X509Certificate> certificates;
    private final Set<Long> foundByPublicKey = ConcurrentHashMap.newKeySet();

    Pkcs11Session(Provider provider, Map<ByteBuffer, PrivateKey> keys, List<X509Certificate> certificates) {
        this.provider = provider;
        this.keys = keys;
        this.certificates = certificates;
    }

    /**
     * Makes a provider, logs in and looks what is there.
     *
     * @param configuration the lines of a SunPKCS11 configuration
     * @param pin wiped here
     */
    static Pkcs11Session open(String configuration, char[] pin) throws OperationException {
        try {
            Provider base = Security.getProvider("SunPKCS11");
            if (base == null) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE,
                        "this Java runtime has no SunPKCS11 provider; add the module jdk.crypto.cryptoki");
            }
            // Two dashes: the configuration itself, not the name of a file that holds it.
            Provider provider = base.configure("--" + configuration);
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, pin);
            return read(provider, store);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Boundary: the library and what the JDK makes of its answers. What is thrown must not be tried without a
            // pause.
            if (wrongPin(e)) {
                throw new OperationException(Reason.REJECTED, "the token refused the PIN", e);
            }
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE,
                    "the PKCS#11 token cannot be opened; is the library the right one, and the token initialized and in"
                            + " that slot?",
                    e);
        } finally {
            java.util.Arrays.fill(pin, '\0');
        }
    }

    /**
     * Looks once more which keys the token has for this login.
     *
     * @throws OperationException when the login is lost
     */
    Pkcs11Session lookAgain() throws OperationException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, null); // without a PIN: it was sent before
            return read(provider, store);
        } catch (IOException | GeneralSecurityException | RuntimeException e) { // boundary, as above
            throw new OperationException(Reason.KEY_UNAVAILABLE, "the token is lost", e);
        }
    }

    private static Pkcs11Session read(Provider provider, KeyStore store) throws GeneralSecurityException {
        Map<ByteBuffer, PrivateKey> keys = new ConcurrentHashMap<>();
        List<X509Certificate> certificates = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)
                    && store.getCertificate(alias) instanceof X509Certificate certificate
                    && store.getKey(alias, null) instanceof PrivateKey key) {
                keys.put(name(certificate), key);
                certificates.add(certificate);
            }
        }
        return new Pkcs11Session(provider, keys, List.copyOf(certificates));
    }

    private static boolean wrongPin(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof FailedLoginException
                    || Objects.toString(t.getMessage(), "").startsWith("CKR_PIN_")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether {@code thrown} says that token, login or key object are gone. Nothing a peer sends may count as that, or he
     * could make a server log in all the time: CKR_GENERAL_ERROR, which some tokens answer to bad padding, is not in it.
     */
    static boolean isLoss(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (message != null && LOSSES.stream().anyMatch(message::startsWith)) {
                return true;
            }
        }
        return false;
    }

    /** What a key is found by: the public key of its certificate, so that a renewed certificate finds it too. */
    private static ByteBuffer name(X509Certificate certificate) {
        return ByteBuffer.wrap(certificate.getPublicKey().getEncoded());
    }

    Provider provider() {
        return provider;
    }

    /** Returns the certificates in the token whose private key is there too. */
    List<X509Certificate> certificates() {
        return certificates;
    }

    /** Returns the key of a certificate in the token or, where the runtime allows it, of one that is not in the token. */
    @Nullable
    PrivateKey find(X509Certificate certificate) {
        PrivateKey known = keys.get(name(certificate));
        if (known == null) {
            TokenObjects.Found found = TokenObjects.find(provider, certificate.getPublicKey());
            if (found != null) {
                known = found.key();
                keys.put(name(certificate), known);
                foundByPublicKey.add(found.handle());
            }
        }
        return known;
    }

    PrivateKey key(X509Certificate certificate) throws OperationException {
        PrivateKey key = find(certificate);
        if (key == null) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE,
                    "the token has no private key for the certificate of "
                            + certificate.getSubjectX500Principal().getName()
                            + (TokenObjects.isPossible(provider)
                                    ? ", neither with nor without a certificate beside it"
                                    : "; this Java shows keys only with a certificate of the same CKA_ID and public key"
                                            + " beside them, unless it is started with " + TokenObjects.OPTIONS));
        }
        return key;
    }

    /** Returns whether the runtime shows private keys without a certificate. */
    boolean showsAllKeys() {
        return TokenObjects.isPossible(provider);
    }

    /** Describes those for which no certificate is known. */
    List<String> keysWithoutCertificate() {
        return TokenObjects.withoutCertificate(provider, Set.copyOf(foundByPublicKey));
    }

    /** Logs the process out of the token: others who use the same one log in again by themselves. */
    void logout() {
        if (provider instanceof AuthProvider login) {
            try {
                login.logout();
            } catch (LoginException | ProviderException e) {
                // Gone already, or lost: either way this session is no longer logged in.
            }
        }
    }
}
