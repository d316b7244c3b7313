package dev.lockstep.jsse;

import dev.lockstep.jsse.keystore.LockstepKeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lockstep as a provider of the Java Cryptography Architecture: {@code SSLContext} of {@code TLSv1.2} and {@code TLS}, for
 * servers, and {@code KeyStore} of type {@code LOCKSTEP}, a text file of lines {@code ALIAS.cert=FILE} and {@code
 * ALIAS.key=PLACE}, where a place is a URI of {@code file:}, {@code pkcs11:}, {@code keyserver:}, {@code keyserver+tls:} or
 * {@code ssh-agent:}. Request it by name, or add it last:
 *
 * <pre>{@code
 * Security.addProvider(new LockstepProvider());
 * SSLContext context = SSLContext.getInstance("TLSv1.2", "Lockstep");
 * }</pre>
 *
 * <p>Do not insert it first: it would then supply the contexts of clients, which it does not support.
 */
public final class LockstepProvider extends Provider {

    /** The name to ask for. */
    public static final String NAME = "Lockstep";

    static final LockstepProvider INSTANCE = new LockstepProvider();

    private static final long serialVersionUID = 1L;

    /** Creates a provider to add, or to hand to {@code SSLContext.getInstance}. */
    public LockstepProvider() {
        super(NAME, "0.1", "TLS 1.2 for servers whose private key may live elsewhere");
        putService(new Maker("SSLContext", "TLSv1.2", ContextSpi.class.getName(), ContextSpi::new));
        putService(new Maker("KeyStore", "LOCKSTEP", LockstepKeyStore.class.getName(), LockstepKeyStore::new));
        putService(new Maker("SSLContext", "TLS", ContextSpi.class.getName(), ContextSpi::new));
    }

    /** Makes what it stands for without reflection, so that the classes need not be public. */
    private final class Maker extends Service {

        private final java.util.function.Supplier<Object> make;

        Maker(String type, String algorithm, String className, java.util.function.Supplier<Object> make) {
            super(LockstepProvider.this, type, algorithm, className, List.of(), Map.of());
            this.make = make;
        }

        @Override
        public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            if (parameter != null) {
                throw new NoSuchAlgorithmException(getAlgorithm() + " takes no parameter");
            }
            return make.get();
        }
    }
}
