package dev.lockstep.keys.pkcs11;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a PKCS#11 token: an HSM, a smartcard, SoftHSM. They stay in it; what comes out are signatures and decrypted
 * blocks. Reached through the JDK's SunPKCS11 provider, which is not registered with the JVM for that.
 *
 * <p>A key is found by its certificate, and what it can do is taken from the certificate and the token's mechanisms. RSA
 * signs with RSASSA-PKCS1-v1_5 and RSASSA-PSS and decrypts to the raw block, or with PKCS#1 padding removed where the token
 * has no raw RSA; EC signs with ECDSA. All keys share one bounded pool of threads: an operation for which there is no room
 * fails.
 *
 * <p>When the token or the login is lost, the operation that notices it logs in again and is repeated once. While that
 * fails, operations fail immediately and the login is tried four times a second at most; a PIN that was refused is never sent
 * again, since tokens lock themselves. Logins that succeed, and are lost again soon, follow each other after pauses that grow
 * from a quarter of a second to a minute. A key that a new login does not find is looked for once a second. A new login is all
 * that the JDK can do: it never finalizes a PKCS#11 library, so one that keeps a loss to itself (p11-kit's remote client,
 * tpm2-pkcs11, SoftHSM after its files were taken away) serves again when the process that holds it is restarted.
 *
 * <p>A signature that the token does not make fails with {@link OperationException.Reason#KEY_UNAVAILABLE}, a refused PIN
 * aside; a token that hangs keeps a thread of the pool for each operation, which ends at its own deadline. Safe for any number
 * of threads.
 */
public final class Pkcs11Keys implements AutoCloseable {

    private static final long LOGOUT_MILLIS = 1000;

    private final Pkcs11Token token;
    private final ThreadPoolExecutor pool;

    Pkcs11Keys(Pkcs11Token token, ThreadPoolExecutor pool) {
        this.token = token;
        this.pool = pool;
    }

    /**
     * Describes a token.
     *
     * @param library the absolute path of the token's PKCS#11 library
     * @throws IllegalArgumentException when the path is relative, or has a character that SunPKCS11 cannot read
     */
    public static Builder builder(Path library) {
        return new Builder(library);
    }

    /** Returns the certificates in the token that have their private key beside them, in no order. */
    public List<X509Certificate> certificates() {
        return token.session().certificates();
    }

    /**
     * Returns whether this Java runtime shows keys that have no certificate beside them; one that does not was started
     * without {@code --add-opens} for {@code sun.security.pkcs11} and {@code sun.security.pkcs11.wrapper} of the module
     * {@code jdk.crypto.cryptoki}.
     */
    public boolean showsAllKeys() {
        return token.session().showsAllKeys();
    }

    /**
     * Describes the private keys in the token that have no certificate beside them and for which {@link #key} was not given
     * one, by label and CKA_ID: at most 64; empty where {@link #showsAllKeys} is false. Blocks for as long as the token takes.
     */
    public List<String> keysWithoutCertificate() {
        return token.session().keysWithoutCertificate();
    }

    /**
     * Returns the key that belongs to a certificate. The token must hold a certificate with the same public key, not necessarily the
     * same certificate; or none, in a runtime started with {@code --add-opens} for {@code sun.security.pkcs11} and
     * {@code sun.security.pkcs11.wrapper} of the module {@code jdk.crypto.cryptoki}.
     *
     * @throws OperationException with {@link OperationException.Reason#KEY_UNAVAILABLE} when there is none
     */
    public ExternalPrivateKey key(X509Certificate certificate) throws OperationException {
        return ExecutorKey.of(blockingKey(certificate), pool);
    }

    /**
     * Returns a credential of a chain and the key of its first certificate.
     *
     * @throws OperationException when the token has no such key
     * @throws IllegalArgumentException when the chain is empty or its key is of a kind TLS 1.2 cannot use
     */
    public Credential credential(List<X509Certificate> chain) throws OperationException {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty; give at least the server's own certificate");
        }
        return Credential.external(chain, key(chain.get(0)));
    }

    /**
     * Returns the key without the pool, for an application with threads of its own.
     *
     * @throws OperationException as {@link #key}
     */
    public BlockingKey blockingKey(X509Certificate certificate) throws OperationException {
        token.session().key(certificate);
        return new Pkcs11Key(token, certificate);
    }

    /**
     * Ends it: no operation is accepted any more, those accepted have a second to finish, then the process is logged out of
     * the token, which has a second for that. Others in this process who use the same token log in again by themselves.
     */
    @Override
    public void close() {
        pool.shutdown();
        // A token that hangs must not keep the process from ending: the thread is left to it.
        Thread logout = new Thread(token::close, "lockstep-token-logout");
        logout.setDaemon(true);
        try {
            if (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
            logout.start();
            logout.join(LOGOUT_MILLIS);
        } catch (InterruptedException e) {
            pool.shutdownNow();
            if (logout.getState() == Thread.State.NEW) {
                logout.start();
            }
            Thread.currentThread().interrupt();
        }
    }

    /** A builder of {@link Pkcs11Keys}. For one thread. A value out of its range is an {@link IllegalArgumentException}. */
    public static final class Builder {

        private final Path library;
        private final List<String> without = new ArrayList<>();
        private String slot = "slotListIndex = 0";
        private @Nullable Pkcs11Pin pin;
        private int concurrency = Runtime.getRuntime().availableProcessors();
        private int queued = 1024;

        private Builder(Path library) {
            String path = library.toString();
            if (!library.isAbsolute() || path.chars().anyMatch(c -> c < ' ' || c == '"' || c == '$' || c == '\\')) {
                throw new IllegalArgumentException(
                        "library: needs an absolute path without quotes, dollar signs and backslashes: " + path);
            }
            this.library = library;
        }

        /**
         * Sets the slot by its place in the library's list, from 0 (the default). Slot ids may change, places seldom
         * do.
         */
        public Builder slotListIndex(int index) {
            if (index < 0) {
                throw new IllegalArgumentException("slotListIndex: negative");
            }
            slot = "slotListIndex = " + index;
            return this;
        }

        /** Sets the slot by its id, as the library numbers it. */
        public Builder slot(long id) {
            if (id < 0) {
                throw new IllegalArgumentException("slot: negative");
            }
            slot = "slot = " + id;
            return this;
        }

        /**
         * Asks {@code supplier} at each login, on the thread that logs in; the array is wiped afterwards. An empty one is not sent
         * to the token.
         */
        public Builder pin(Supplier<char[]> supplier) {
            pin = Pkcs11Pin.of(supplier);
            return this;
        }

        /**
         * Reads the PIN at each login from a UTF-8 file of at most 1024 bytes, without the line break at its end. An empty PIN is
         * not sent to the token. What is no regular file, such as a pipe, is read once: its PIN is remembered until all are
         * closed that this builder has opened since.
         */
        public Builder pinFile(Path file) {
            pin = Pkcs11Pin.file(file);
            return this;
        }

        /** Takes the PIN from an environment variable, which must not be empty. */
        public Builder pinEnvironment(String variable) {
            pin = Pkcs11Pin.environment(variable);
            return this;
        }

        /**
         * Sets how many operations the token does at the same time, from 1 to 1024; by default as many as this machine has processors,
         * which is right for a token in software. A hardware token's manual gives its number.
         */
        public Builder concurrency(int operations) {
            concurrency = inRange("concurrency", operations, 1024);
            return this;
        }

        /** Sets how many more operations may wait, from 1 to 1,000,000; 1024 by default. */
        public Builder queue(int operations) {
            queued = inRange("queue", operations, 1_000_000);
            return this;
        }

        /**
         * Leaves a mechanism alone that the token claims and does not do well, such as {@code CKM_RSA_X_509} (raw RSA).
         *
         * @param mechanism a PKCS#11 name, CKM_ included
         */
        public Builder withoutMechanism(String mechanism) {
            if (!mechanism.matches("CKM_[A-Z0-9_]+")) {
                throw new IllegalArgumentException("mechanism: not a PKCS#11 name such as CKM_RSA_X_509: " + mechanism);
            }
            without.add(mechanism);
            return this;
        }

        private static int inRange(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(name + ": " + value + " is not in 1.." + most);
            }
            return value;
        }

        /**
         * Opens the token and logs in; blocks for as long as the token takes.
         *
         * @throws OperationException when the token cannot be reached (KEY_UNAVAILABLE) or refuses the PIN (REJECTED)
         * @throws IllegalStateException when it was not said where the PIN comes from
         */
        public Pkcs11Keys open() throws OperationException {
            Pkcs11Pin source = pin;
            if (source == null) {
                throw new IllegalStateException("pin: call pin, pinFile or pinEnvironment");
            }
            String configuration = "name = Lockstep\nlibrary = \"" + library + "\"\n" + slot + "\n";
            if (!without.isEmpty()) {
                configuration += "disabledMechanisms = {\n" + String.join("\n", without) + "\n}\n";
            }
            Pkcs11Token token = Pkcs11Token.open(configuration, source);
            return new Pkcs11Keys(token, WorkerPools.boundedPool(concurrency, queued));
        }
    }
}
